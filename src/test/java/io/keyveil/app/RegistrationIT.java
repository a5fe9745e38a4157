package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.app.GatewayHarness.Answer;
import io.keyveil.file.CachedFileStore;
import io.keyveil.file.FileId;
import io.keyveil.file.FileRegistry;
import io.keyveil.store.Database;
import io.keyveil.store.SqlFileStore;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
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
import org.junit.jupiter.params.provider.ValueSource;

/** The API for backends against the whole gateway. */
class RegistrationIT {
  private static final String KEY = "patients/Jane Doe/a scan.bin";
  private static final ObjectMapper JSON = new ObjectMapper();
  @TempDir static Path folder;
  private static GatewayHarness gateway;

  @BeforeAll
  static void start() {
    gateway = GatewayHarness.start(folder);
    gateway.s3().put(GatewayHarness.BUCKET, KEY, new byte[1234]);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static ObjectNode wish() {
    ObjectNode wish = JSON.createObjectNode();
    wish.put("bucket", GatewayHarness.BUCKET);
    wish.put("key", KEY);
    wish.put("name", "MRI March.pdf");
    wish.put("type", "application/pdf");
    wish.set("access", JSON.createObjectNode().put("subject", "alice"));
    return wish;
  }

  private static JsonObject registered() {
    Answer answer = gateway.register(wish().toString());
    assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    return answer.body().toJsonObject();
  }

  private static Answer api(HttpMethod method, String path, String body, String... fields) {
    List<String> all = new ArrayList<>(List.of(fields));
    if (!body.isEmpty()) {
      all.addAll(List.of("Content-Type", "application/json"));
    }
    return gateway.send(
        method,
        path,
        Optional.of(gateway.operator()),
        Buffer.buffer(body),
        all.toArray(String[]::new));
  }

  private static String path(JsonObject file) {
    return "/api/v1/files/" + file.getString("id");
  }

  @Test
  void registersWhatIsThere() {
    Answer answer = gateway.register(wish().toString());
    JsonObject file = answer.body().toJsonObject();
    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.header("location")).contains(path(file));
    assertThat(answer.header("etag")).contains("\"" + file.getLong("revision") + "\"");
    assertThat(file.getString("name")).isEqualTo("MRI March.pdf");
    assertThat(file.getString("type")).isEqualTo("application/pdf");
    assertThat(file.getLong("size")).isEqualTo(1234);
    assertThat(file.getString("etag")).startsWith("\"");
    assertThat(file.getString("delivery")).isEqualTo("auto");
    assertThat(file.getString("state")).isEqualTo("active");
    assertThat(Instant.parse(file.getString("createdAt"))).isBefore(Instant.now());
    assertThat(file.containsKey("expiresAt")).isTrue();
    assertThat(file.fieldNames()).doesNotContain("bucket", "key", "versionId", "location");
    assertThat(answer.text()).doesNotContain("Jane", GatewayHarness.BUCKET);
    assertThat(api(HttpMethod.GET, path(file), "").body().toJsonObject()).isEqualTo(file);
  }

  @Test
  void refusesAnObjectThatIsNotThere() {
    Answer answer = gateway.register(wish().put("key", "patients/Nobody").toString());
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.text()).doesNotContain("Nobody");
  }

  @ParameterizedTest
  @CsvSource({
    "bucket, '\"elsewhere\"'",
    "bucket, '\"" + GatewayHarness.OPAQUE_BUCKET + "\"'",
    "bucket, 1",
    "bucket, null",
    "key, '\"\"'",
    "key, '[\"a\"]'",
    "key, null",
    "versionId, '\"\"'",
    "name, '\"\"'",
    "name, '\"a/b\"'",
    "name, '\"..\"'",
    "name, '\"a\\r\\nSet-Cookie: b\"'",
    "name, null",
    "type, '\"pdf\"'",
    "type, '\"a/b\\r\\nc\"'",
    "disposition, '\"open\"'",
    "delivery, '\"mail\"'",
    "expiresAt, '\"2001-01-01T00:00:00Z\"'",
    "expiresAt, '\"tomorrow\"'",
    "harmlessName, '\"yes\"'",
    "access, null",
    "access, '{}'",
    "access, '{\"any\": []}'",
    "access, '{\"anyone\": \"everybody\"}'",
    "access, '\"alice\"'",
    "nme, '\"x\"'",
    "state, '\"active\"'",
    "revision, 7",
  })
  void refusesABadFieldAndNamesIt(String field, String value) throws IOException {
    ObjectNode wish = wish();
    JsonNode bad = JSON.readTree(value == null ? "null" : value);
    wish.set(field, bad);
    Answer answer = gateway.register(wish.toString());
    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.header("content-type")).contains("application/problem+json");
    JsonArray errors = answer.body().toJsonObject().getJsonArray("errors");
    assertThat(errors.size()).isEqualTo(1);
    assertThat(errors.getString(0)).startsWith(field);
  }

  @Test
  void namesAllBadFieldsAtOnce() {
    Answer answer = gateway.register("{\"type\": 1, \"delivery\": 2}");
    assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
    assertThat(answer.text()).as(answer.toString()).isNotEmpty();
    assertThat(answer.body().toJsonObject().getJsonArray("errors").size()).isEqualTo(6);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "null",
        "\"a\"",
        "{\"a\":1}{\"b\":2}",
        "{\"name\":\"a\",\"name\":\"b\"}",
        // UTF-32, with a character beyond the last.
        "\0\0\0{\177\177\177\177"
      })
  void refusesBadJson(String body) {
    Answer answer = gateway.register(body);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body().toJsonObject().getString("type")).endsWith(":bad-json");
  }

  @Test
  void refusesJsonThatIsTooDeep() {
    Answer answer = gateway.register("{\"access\":" + "[".repeat(50_000));
    assertThat(answer.status()).isEqualTo(400);
    String deep = "{\"not\":".repeat(900) + "1" + "}".repeat(900);
    assertThat(gateway.register("{\"access\":" + deep + "}").status()).isEqualTo(400);
  }

  @Test
  void refusesOtherContentTypes() {
    for (String type : List.of("text/plain", "application/xml", "application/jsonp")) {
      Answer answer =
          gateway.send(
              HttpMethod.POST,
              "/api/v1/files",
              Optional.of(gateway.operator()),
              Buffer.buffer(wish().toString()),
              "Content-Type",
              type);
      assertThat(answer.status()).as(type).isEqualTo(415);
    }
    assertThat(
            gateway
                .send(
                    HttpMethod.POST,
                    "/api/v1/files",
                    Optional.of(gateway.operator()),
                    Buffer.buffer(wish().toString()))
                .status())
        .isEqualTo(415);
  }

  @Test
  void refusesABodyThatIsTooLarge() {
    Answer answer = gateway.register(" ".repeat(2 << 20) + wish());
    assertThat(answer.status()).isEqualTo(413);
    assertThat(registered().getString("id")).hasSize(22);
  }

  @Test
  void asksForACredentialAndItsScopes() {
    String one = path(registered());
    record Row(HttpMethod method, String path, String scope) {}
    for (Row row :
        List.of(
            new Row(HttpMethod.POST, "/api/v1/files", "files:write"),
            new Row(HttpMethod.GET, "/api/v1/files", "files:manage"),
            new Row(HttpMethod.GET, one, "files:write"),
            new Row(HttpMethod.PATCH, one, "files:write"),
            new Row(HttpMethod.DELETE, one, "files:write"))) {
      assertThat(send(row.method(), row.path(), Optional.empty()).status()).isEqualTo(401);
      assertThat(send(row.method(), row.path(), Optional.of("a.b.c")).status()).isEqualTo(401);
      Set<String> others = new HashSet<>(Set.of("files:read", "files:write", "files:manage"));
      others.remove(row.scope());
      Answer answer =
          send(row.method(), row.path(), Optional.of(gateway.token("eve", others, Map.of())));
      assertThat(answer.status()).as(row.toString()).isEqualTo(403);
      assertThat(answer.header("www-authenticate").orElse(""))
          .contains("insufficient_scope", row.scope());
    }
    assertThat(gateway.get(one.replace("/api/v1", ""), gateway.reader("alice")).status())
        .isEqualTo(200);
  }

  private static Answer send(HttpMethod method, String path, Optional<String> token) {
    return gateway.send(method, path, token, Buffer.buffer());
  }

  @Test
  void changesOnlyTheRevisionThatWasSeen() {
    JsonObject file = registered();
    String patch = "{\"name\": \"new.pdf\"}";
    String seen = "\"" + file.getLong("revision") + "\"";
    Answer first = api(HttpMethod.PATCH, path(file), patch, "If-Match", seen);
    assertThat(first.status()).isEqualTo(200);
    assertThat(first.header("etag").orElseThrow()).isNotEqualTo(seen);
    Answer lost = api(HttpMethod.PATCH, path(file), "{\"name\": \"b\"}", "If-Match", seen);
    assertThat(lost.status()).isEqualTo(412);
    for (String malformed : List.of("7", "W/" + seen, "\"a\"", "\"1\", \"2\"", "\"-1\"")) {
      assertThat(api(HttpMethod.PATCH, path(file), patch, "If-Match", malformed).status())
          .as(malformed)
          .isEqualTo(400);
    }
    assertThat(api(HttpMethod.PATCH, path(file), "{\"name\": \"c\"}", "If-Match", "*").status())
        .isEqualTo(200);
    assertThat(api(HttpMethod.DELETE, path(file), "", "If-Match", seen).status()).isEqualTo(412);
    assertThat(api(HttpMethod.GET, path(file), "").body().toJsonObject().getString("name"))
        .isEqualTo("c");
  }

  @Test
  void mergesAPatchIntoTheFile() {
    JsonObject file = registered();
    Answer set = api(HttpMethod.PATCH, path(file), "{\"expiresAt\": \"2099-01-01T00:00:00Z\"}");
    JsonObject ending = set.body().toJsonObject();
    assertThat(ending.getString("expiresAt")).isEqualTo("2099-01-01T00:00:00Z");
    assertThat(ending.getString("name")).isEqualTo(file.getString("name"));
    JsonObject lasting =
        api(HttpMethod.PATCH, path(file), "{\"expiresAt\": null, \"type\": \"text/plain\"}")
            .body()
            .toJsonObject();
    assertThat(lasting.getString("expiresAt")).isNull();
    assertThat(lasting.getString("type")).isEqualTo("text/plain");
    assertThat(api(HttpMethod.PATCH, path(file), "{}").body().toJsonObject()).isEqualTo(lasting);
    for (String bad :
        List.of(
            "{\"name\": null}",
            "{\"key\": \"b\"}",
            "{\"bucket\": \"b\"}",
            "{\"size\": 1}",
            "{\"state\": \"active\"}",
            "{\"access\": null}")) {
      assertThat(api(HttpMethod.PATCH, path(file), bad).status()).as(bad).isEqualTo(400);
    }
  }

  @Test
  void aChangedRuleCountsAtOnce() {
    JsonObject file = registered();
    String download = "/files/" + file.getString("id");
    assertThat(gateway.get(download, gateway.reader("bob")).status()).isEqualTo(404);
    Answer answer = api(HttpMethod.PATCH, path(file), "{\"access\": {\"subject\": \"bob\"}}");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(gateway.get(download, gateway.reader("bob")).status()).isEqualTo(200);
    assertThat(gateway.get(download, gateway.reader("alice")).status()).isEqualTo(404);
  }

  @Test
  void revokesAtOnceAndAgain() {
    JsonObject file = registered();
    String download = "/files/" + file.getString("id");
    assertThat(gateway.get(download, gateway.reader("alice")).status()).isEqualTo(200);
    assertThat(api(HttpMethod.DELETE, path(file), "").status()).isEqualTo(204);
    assertThat(gateway.get(download, gateway.reader("alice")).status()).isEqualTo(404);
    assertThat(api(HttpMethod.DELETE, path(file), "").status()).isEqualTo(204);
    String seen = "\"" + file.getLong("revision") + "\"";
    assertThat(api(HttpMethod.DELETE, path(file), "", "If-Match", seen).status()).isEqualTo(204);
    assertThat(api(HttpMethod.GET, path(file), "").body().toJsonObject().getString("state"))
        .isEqualTo("revoked");
    for (String unknown : List.of("A".repeat(22), "x", "%00")) {
      assertThat(api(HttpMethod.DELETE, "/api/v1/files/" + unknown, "").status()).isEqualTo(404);
      assertThat(api(HttpMethod.GET, "/api/v1/files/" + unknown, "").status()).isEqualTo(404);
      assertThat(api(HttpMethod.PATCH, "/api/v1/files/" + unknown, "{}").status()).isEqualTo(404);
    }
  }

  @Test
  void listsPageByPageWithoutGapsOrDoubles() {
    Set<String> wanted = new HashSet<>();
    for (int i = 0; i < 5; i++) {
      wanted.add(registered().getString("id"));
    }
    List<String> found = new ArrayList<>();
    Optional<String> next = Optional.of("");
    while (next.isPresent()) {
      String after = next.get().isEmpty() ? "" : "&after=" + next.get();
      Answer answer = api(HttpMethod.GET, "/api/v1/files?limit=2" + after, "");
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.text()).doesNotContain("Jane", GatewayHarness.BUCKET);
      JsonObject page = answer.body().toJsonObject();
      page.getJsonArray("files").forEach(file -> found.add(((JsonObject) file).getString("id")));
      next = Optional.ofNullable(page.getString("next"));
    }
    assertThat(found).doesNotHaveDuplicates().containsAll(wanted);
    for (String bad : List.of("limit=0", "limit=1001", "limit=x", "limit=-1", "after=x")) {
      assertThat(api(HttpMethod.GET, "/api/v1/files?" + bad, "").status()).as(bad).isEqualTo(400);
    }
  }

  @Test
  void hearsOfARevocationByAnotherProcess() {
    String id = registered().getString("id");
    String download = "/files/" + id;
    assertThat(gateway.get(download, gateway.reader("alice")).status()).isEqualTo(200);
    Database other = Database.open(gateway.vertx(), gateway.settings().store());
    try {
      FileRegistry registry =
          new FileRegistry(
              new CachedFileStore(new SqlFileStore(other), gateway.settings().cache()),
              gateway.gateway().s3().control(),
              InstantSource.system(),
              new SecureRandom());
      registry.revoke(FileId.parse(id).orElseThrow(), Optional.empty()).await();
    } finally {
      other.close();
    }
    Wait.until(
        "the revocation", () -> gateway.get(download, gateway.reader("alice")).status() == 404);
  }
}
