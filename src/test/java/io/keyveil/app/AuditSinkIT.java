package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.app.GatewayHarness.Answer;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No byte without a record: while the audit log cannot be written, nothing is even asked of S3. */
class AuditSinkIT {
  @TempDir static Path folder;
  private static LyingGateway lying;

  @BeforeAll
  static void start() {
    lying = LyingGateway.start(folder, 10_000, Duration.ofSeconds(30), Duration.ofSeconds(30));
  }

  @AfterAll
  static void stop() {
    lying.close();
  }

  @Test
  void nothingLeavesWhileNothingCanBeWrittenDown() throws IOException {
    GatewayHarness gateway = lying.harness();
    String path = "/files/" + lying.id();
    String tag = gateway.get(path, gateway.reader("alice")).header("etag").orElseThrow();
    int gets = lying.s3().gets();
    int heads = lying.s3().heads();
    Path audit = gateway.settings().audit().folder();
    Path aside = audit.resolveSibling("audit-aside");
    Files.move(audit, aside);
    Files.writeString(audit, "in the way");
    for (List<String> fields :
        List.of(List.<String>of(), List.of("Range", "bytes=0-99"), List.of("If-None-Match", tag))) {
      expectUnavailable(gateway.get(path, gateway.reader("alice"), fields.toArray(String[]::new)));
    }
    expectUnavailable(send(HttpMethod.HEAD, path, gateway.reader("alice")));
    // What is refused is a decision as well.
    expectUnavailable(gateway.get(path, gateway.reader("mallory")));
    expectUnavailable(gateway.revoke(lying.id()));
    expectUnavailable(
        gateway.register(
            """
            {"bucket": "%s", "key": "a", "name": "a", "access": {"anyone": "authenticated"}}
            """
                .formatted(GatewayHarness.BUCKET)));
    assertThat(gateway.management("/readyz").status()).isEqualTo(503);
    assertThat(gateway.management("/livez").status()).isEqualTo(200);
    assertThat(lying.s3().gets()).isEqualTo(gets);
    assertThat(lying.s3().heads()).isEqualTo(heads);

    Files.delete(audit);
    Files.move(aside, audit);
    Wait.until("readiness", () -> gateway.management("/readyz").status() == 200);
    Answer again = gateway.get(path, gateway.reader("alice"));
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.body().length()).isEqualTo(10_000);
    assertThat(gateway.audit()).anyMatch(line -> line.contains("\"action\":\"resume\""));
    assertThat(gateway.get(path, gateway.reader("mallory")).status()).isEqualTo(404);
  }

  private static Answer send(HttpMethod method, String path, String token) {
    return lying.harness().send(method, path, Optional.of(token), Buffer.buffer());
  }

  private static void expectUnavailable(Answer answer) {
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.header("retry-after")).isPresent();
    assertThat(answer.header("etag")).isEmpty();
    assertThat(answer.header("location")).isEmpty();
    assertThat(answer.header("content-disposition")).isEmpty();
  }
}
