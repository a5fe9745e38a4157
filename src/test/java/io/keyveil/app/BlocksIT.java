package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.access.Token;
import io.keyveil.app.GatewayHarness.Answer;
import io.keyveil.block.BlockKind;
import io.keyveil.block.BlockTarget;
import io.keyveil.block.BlockWish;
import io.keyveil.s3.LyingS3.Lie;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is switched off is off at once, everywhere, and recorded. */
class BlocksIT {
  private static final long SIZE = 64L << 20;
  @TempDir static Path folder;
  @TempDir Path own;
  private static GatewayHarness gateway;
  private static String id;

  @BeforeAll
  static void start() {
    gateway = GatewayHarness.start(folder);
    id = gateway.file("patients/Jane Doe.bin", new byte[100], "alice", "stream");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static String alice() {
    return gateway.token("alice", Set.of("files:read"), Map.of("client_id", List.of("app")));
  }

  private static int status(String token) {
    return gateway.get("/files/" + id, token).status();
  }

  private static Answer api(HttpMethod method, String path, String body) {
    return gateway.send(
        method,
        path,
        Optional.of(gateway.operator()),
        Buffer.buffer(body),
        "Content-Type",
        "application/json");
  }

  private static String block(JsonObject wish) {
    Answer answer = api(HttpMethod.POST, "/api/v1/blocks", wish.encode());
    assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    String block = answer.body().toJsonObject().getString("id");
    assertThat(answer.header("location")).contains("/api/v1/blocks/" + block);
    return block;
  }

  private static void lift(String block) {
    assertThat(api(HttpMethod.DELETE, "/api/v1/blocks/" + block, "").status()).isEqualTo(204);
  }

  private static List<JsonObject> records(String action) {
    return gateway.audit().stream()
        .map(JsonObject::new)
        .filter(record -> action.equals(record.getString("action")))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "subject, alice, 401",
    "client, app, 401",
    "token, , 401",
    "file, , 404",
    "everything, , 503"
  })
  void switchesOffAndOnAgain(String kind, String value, int status) {
    String alice = alice();
    assertThat(status(alice)).isEqualTo(200);
    JsonObject wish = new JsonObject().put("kind", kind).put("reason", "a test");
    if (kind.equals("file")) {
      wish.put("value", id);
    } else if (kind.equals("token")) {
      wish.put("value", claims(alice).getString("jti"));
    } else if (value != null) {
      wish.put("value", value);
    }
    String block = block(wish);
    Wait.until("the block of " + kind, () -> status(alice) == status);
    Answer listed = api(HttpMethod.GET, "/api/v1/blocks", "");
    assertThat(listed.body().toJsonObject().getJsonArray("blocks"))
        .hasSize(1)
        .first()
        .satisfies(one -> assertThat(((JsonObject) one).getString("kind")).isEqualTo(kind));
    lift(block);
    Wait.until("the end of the block of " + kind, () -> status(alice) == 200);
    Wait.until(
        "its records",
        () ->
            records("unblock").stream()
                .map(record -> record.getJsonObject("target"))
                .anyMatch(target -> block.equals(target.getString("block"))));
    assertThat(records("block"))
        .filteredOn(
            record ->
                record.getString("outcome").equals("in-force")
                    && block.equals(record.getJsonObject("target").getString("block")))
        .hasSize(1);
  }

  @Test
  void narrowsASubjectToItsIssuer() {
    String alice = alice();
    String other = block(subject("alice").put("issuer", "https://other.example/"));
    String own =
        block(
            new JsonObject()
                .put("kind", "token")
                .put("value", sha256(alice))
                .put("issuer", GatewayHarness.ISSUER));
    Wait.until("the block of the token", () -> status(alice) == 401);
    lift(own);
    Wait.until("only the other issuer's alice is blocked", () -> status(alice) == 200);
    lift(other);
  }

  @Test
  void shutsABlockedBackendOutOfTheApi() {
    String backend = gateway.token("backend", Set.of("files:manage", "files:read"), Map.of());
    String block = block(subject("backend"));
    Wait.until("the block", () -> gateway.get("/api/v1/files", backend).status() == 401);
    lift(block);
    Wait.until("the end of it", () -> gateway.get("/api/v1/files", backend).status() == 200);
  }

  @Test
  void leavesTheApiOpenWhileEverythingIsBlocked() {
    String alice = alice();
    String block = block(new JsonObject().put("kind", "everything"));
    Wait.until("the block", () -> status(alice) == 503);
    Answer shut = gateway.get("/files/" + id, alice);
    assertThat(shut.header("retry-after")).contains("60");
    assertThat(gateway.get("/files/AAAAAAAAAAAAAAAAAAAAAA", alice).status()).isEqualTo(503);
    assertThat(api(HttpMethod.GET, "/api/v1/files", "").status()).isEqualTo(200);
    lift(block);
    Wait.until("the end", () -> status(alice) == 200);
  }

  @Test
  void answersABlockedFileAsAnUnknownOne() {
    String alice = alice();
    String block = block(new JsonObject().put("kind", "file").put("value", id));
    Wait.until("the block", () -> status(alice) == 404);
    Answer blocked = gateway.get("/files/" + id, alice);
    Answer unknown = gateway.get("/files/AAAAAAAAAAAAAAAAAAAAAA", alice);
    assertThat(blocked.body()).isEqualTo(unknown.body());
    assertThat(blocked.headers().keySet()).isEqualTo(unknown.headers().keySet());
    lift(block);
    Wait.until("the end", () -> status(alice) == 200);
  }

  @Test
  void needsTheScope() {
    Answer answer =
        gateway.send(
            HttpMethod.POST,
            "/api/v1/blocks",
            Optional.of(gateway.token("x", Set.of("files:write", "files:manage"), Map.of())),
            Buffer.buffer("{\"kind\":\"everything\"}"),
            "Content-Type",
            "application/json");
    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.header("www-authenticate").orElse("")).contains("blocks:write");
    assertThat(api(HttpMethod.DELETE, "/api/v1/blocks/" + id, "").status()).isEqualTo(404);
    assertThat(api(HttpMethod.DELETE, "/api/v1/blocks/x", "").status()).isEqualTo(404);
    assertThat(api(HttpMethod.POST, "/api/v1/blocks", "{\"kind\":\"all\"}").status())
        .isEqualTo(400);
  }

  @Test
  void hearsOfOthersBlocksAndCutsWhatRuns() {
    try (LyingGateway lying =
        LyingGateway.start(own, SIZE, Duration.ofSeconds(30), Duration.ofMinutes(10))) {
      GatewayHarness harness = lying.harness();
      lying.s3().tell(Lie.STALL_IN_BODY);
      HttpClientAgent client = harness.client(HttpVersion.HTTP_2);
      HttpClientResponse running = BoundsIT.begun(harness, client, lying.id());
      // As the command line does it, beside the gateway.
      try (Workshop workshop = Workshop.open(harness.settings())) {
        var unused =
            workshop
                .blocks()
                .add(
                    new BlockWish(
                        new BlockTarget(BlockKind.SUBJECT, "alice", Optional.empty()),
                        "",
                        Optional.empty()))
                .await();
      }
      Future<Void> end = running.end();
      Wait.until("the end of what runs", end::isComplete);
      assertThat(end.failed()).isTrue();
      Wait.until(
          "its completion",
          () ->
              harness.audit().stream()
                  .map(JsonObject::new)
                  .anyMatch(record -> "cut-by-block".equals(record.getString("outcome"))));
      client.close().await();
    }
  }

  private static JsonObject subject(String name) {
    return new JsonObject().put("kind", "subject").put("value", name);
  }

  private static JsonObject claims(String token) {
    return new JsonObject(Buffer.buffer(Base64.getUrlDecoder().decode(token.split("\\.", -1)[1])));
  }

  private static String sha256(String token) {
    return Token.of(token).digest();
  }
}
