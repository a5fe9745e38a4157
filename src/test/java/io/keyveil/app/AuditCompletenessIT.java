package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.audit.AuditVerifier;
import io.keyveil.audit.RecordSchema;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything that a gateway does is in its log, in the form that the schema has. */
final class AuditCompletenessIT {
  @TempDir Path folder;

  @Test
  void writesWhatItDoesAsTheSchemaHasIt() throws IOException {
    Path log = folder.resolve("audit");
    try (GatewayHarness house = GatewayHarness.start(folder)) {
      String id = house.file("patients/Jane Doe.pdf", new byte[100], "alice", "stream");
      assertThat(house.get("/files/" + id, house.reader("alice")).status()).isEqualTo(200);
      assertThat(house.get("/files/" + id, house.reader("mallory")).status()).isEqualTo(404);
      assertThat(house.get("/files/" + id, house.reader("alice"), "Range", "bytes=0-9").status())
          .isEqualTo(206);
      assertThat(
              house
                  .send(HttpMethod.GET, "/files/" + id, Optional.empty(), Buffer.buffer())
                  .status())
          .isEqualTo(401);
      assertThat(house.get("/files/" + id, "not.a.token").status()).isEqualTo(401);
      String weak = house.token("bob", Set.of("files:read"), Map.of());
      assertThat(house.get("/api/v1/files/" + id, weak).status()).isEqualTo(403);
      assertThat(house.get("/api/v1/files/" + "A".repeat(22), house.operator()).status())
          .isEqualTo(404);
      assertThat(house.get("/files/" + id, weak, "Authorization", "Bearer " + weak).status())
          .isEqualTo(400);
      assertThat(house.revoke(id).status()).isEqualTo(204);
    }
    List<JsonObject> records = records(log);
    RecordSchema schema = RecordSchema.load();
    assertThat(records).allSatisfy(each -> assertThat(schema.faults(each.encode())).isEmpty());
    assertThat(records.stream().map(each -> each.getString("kind")).distinct())
        .contains("intent", "completion", "management", "refusals", "checkpoint");
    assertThat(actions(records))
        .contains("configuration-loaded", "start", "register", "revoke", "stop", "stopped");
    assertThat(reasons(records))
        .contains("no-credential", "malformed", "insufficient-scope", "unknown", "two-credentials");
    assertThat(records.stream().filter(each -> "refusals".equals(each.getString("kind"))))
        .filteredOn(each -> "insufficient-scope".equals(each.getString("reason")))
        .singleElement()
        .satisfies(
            each -> assertThat(each.getJsonObject("actor").getString("subject")).isEqualTo("bob"));
    assertThat(records.stream().filter(each -> "completion".equals(each.getString("kind"))))
        .isNotEmpty()
        .allSatisfy(AuditCompletenessIT::saysWhoAndWhat);
    assertThat(records.stream().filter(each -> "revoke".equals(each.getString("action"))))
        .last()
        .satisfies(each -> assertThat(each.getLong("revision")).isEqualTo(2));
    assertThat(records.stream().filter(each -> "register".equals(each.getString("action"))))
        .last()
        .satisfies(
            each -> {
              assertThat(each.getString("file")).isNotNull();
              assertThat(each.getString("client")).isEqualTo("127.0.0.1");
            });
    assertThat(AuditVerifier.verify(log).<Boolean>match(sound -> true, broken -> false)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"one", "two", "three"})
  @Timeout(60)
  void isCoveredByACheckpointBeforeItListens(String name) {
    try (GatewayHarness beside = GatewayHarness.start(folder);
        GatewayProcess gateway =
            new GatewayProcess(
                beside, name, "tls: off, trustedProxies: [127.0.0.1]", "deadline: 1s")) {
      while (!listens(gateway.management())) {
        Thread.onSpinWait();
      }
      gateway.kill();
      assertThat(gateway.audit()).anyMatch(line -> line.contains("\"kind\":\"checkpoint\""));
    }
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static void saysWhoAndWhat(JsonObject completion) {
    assertThat(completion.getJsonObject("actor").getString("subject")).isEqualTo("alice");
    assertThat(completion.getString("file")).isNotNull();
    assertThat(completion.getLong("revision")).isEqualTo(1);
    assertThat(completion.getString("client")).isEqualTo("127.0.0.1");
    assertThat(completion.getString("delivery")).isEqualTo("stream");
  }

  private static List<JsonObject> records(Path log) throws IOException {
    List<JsonObject> records = new java.util.ArrayList<>();
    io.keyveil.audit.AuditReader.read(
        log, record -> true, record -> records.add(new JsonObject(record.toString())));
    return records;
  }

  private static List<String> actions(List<JsonObject> records) {
    return records.stream()
        .map(each -> each.getString("action"))
        .filter(java.util.Objects::nonNull)
        .toList();
  }

  private static List<String> reasons(List<JsonObject> records) {
    return records.stream()
        .filter(each -> each.getString("kind").equals("refusals"))
        .map(each -> each.getString("reason"))
        .toList();
  }
}
