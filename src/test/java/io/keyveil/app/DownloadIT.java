package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.app.GatewayHarness.Answer;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The main job against the whole gateway: DESIGN's status table, row by row. */
class DownloadIT {
  private static final byte[] CONTENT = new byte[300_000];
  @TempDir static Path folder;
  private static GatewayHarness gateway;
  private static String id;

  @BeforeAll
  static void start() {
    new Random(7).nextBytes(CONTENT);
    gateway = GatewayHarness.start(folder);
    id = gateway.file("patients/Jane Doe/a scan.bin", CONTENT, "alice", "auto");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void streamsTheWholeFile() {
    Answer answer = gateway.get("/files/" + id, gateway.reader("alice"));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().getBytes()).isEqualTo(CONTENT);
    assertThat(answer.header("content-length")).contains("300000");
    assertThat(answer.header("accept-ranges")).contains("bytes");
    assertThat(answer.header("etag")).hasValueSatisfying(tag -> assertThat(tag).startsWith("\""));
    assertThat(answer.header("content-disposition")).contains("attachment; filename=\"scan.bin\"");
    assertThat(answer.header("cache-control")).contains("private, no-store");
    assertThat(answer.header("x-content-type-options")).contains("nosniff");
    assertThat(answer.header("referrer-policy")).contains("no-referrer");
    assertThat(answer.header("vary")).contains("Authorization, Origin");
    assertThat(answer.header("strict-transport-security")).isPresent();
    assertThat(answer.header("x-request-id")).isPresent();
  }

  @Test
  void streamsOverHttp2() {
    Answer answer =
        gateway.send(
            gateway.client(HttpVersion.HTTP_2),
            HttpMethod.GET,
            "/files/" + id,
            Optional.of(gateway.reader("alice")),
            Buffer.buffer());
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().getBytes()).isEqualTo(CONTENT);
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=0-0, 206, 0, 1",
    "bytes=10-19, 206, 10, 10",
    "bytes=299990-, 206, 299990, 10",
    "bytes=-7, 206, 299993, 7",
    "bytes=-999999, 206, 0, 300000",
    "bytes=0-999999, 206, 0, 300000",
    "'bytes=0-1,5-6', 200, 0, 300000",
    "bytes=5-2, 200, 0, 300000",
    "lines=1-2, 200, 0, 300000",
    "bytes=a-b, 200, 0, 300000",
  })
  void givesRanges(String range, int status, int from, int length) {
    Answer answer = gateway.get("/files/" + id, gateway.reader("alice"), "Range", range);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.body().getBytes())
        .isEqualTo(Arrays.copyOfRange(CONTENT, from, from + length));
    assertThat(answer.header("content-range"))
        .isEqualTo(
            status == 206
                ? Optional.of("bytes " + from + "-" + (from + length - 1) + "/300000")
                : Optional.empty());
  }

  @ParameterizedTest
  @CsvSource({"bytes=300000-", "bytes=-0", "bytes=999999999999-"})
  void refusesUnsatisfiableRanges(String range) {
    Answer answer = gateway.get("/files/" + id, gateway.reader("alice"), "Range", range);
    assertThat(answer.status()).isEqualTo(416);
    assertThat(answer.header("content-range")).contains("bytes */300000");
  }

  @Test
  void obeysConditions() {
    String token = gateway.reader("alice");
    String path = "/files/" + id;
    String tag = gateway.get(path, token).header("etag").orElseThrow();
    assertThat(gateway.get(path, token, "If-None-Match", tag).status()).isEqualTo(304);
    assertThat(gateway.get(path, token, "If-None-Match", "W/" + tag).status()).isEqualTo(304);
    assertThat(gateway.get(path, token, "If-Match", "\"x\"").status()).isEqualTo(412);
    assertThat(gateway.get(path, token, "If-Match", tag).status()).isEqualTo(200);
    assertThat(gateway.get(path, token, "If-Range", tag, "Range", "bytes=0-1").status())
        .isEqualTo(206);
    assertThat(gateway.get(path, token, "If-Range", "\"x\"", "Range", "bytes=0-1").status())
        .isEqualTo(200);
    assertThat(gateway.get(path, token, "If-Range", "W/" + tag, "Range", "bytes=0-1").status())
        .isEqualTo(200);
  }

  @Test
  void answersHeadItself() {
    Answer answer =
        gateway.send(
            HttpMethod.HEAD, "/files/" + id, Optional.of(gateway.reader("alice")), Buffer.buffer());
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("content-length")).contains("300000");
    assertThat(answer.body().length()).isZero();
  }

  @Test
  void asksForACredentialAndSaysNoMore() {
    Answer answer = gateway.send(HttpMethod.GET, "/files/" + id, Optional.empty(), Buffer.buffer());
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.header("www-authenticate")).contains("Bearer realm=\"keyveil\"");
  }

  @Test
  void refusesABadTokenWithOneText() {
    Answer answer = gateway.get("/files/" + id, "no.such.token");
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.header("www-authenticate"))
        .contains("Bearer realm=\"keyveil\", error=\"invalid_token\"");
  }

  @Test
  void takesTheTokenFromTheCookieButNotFromBoth() {
    String cookie = "kv-token=" + gateway.reader("alice");
    Answer answer =
        gateway.send(
            HttpMethod.GET, "/files/" + id, Optional.empty(), Buffer.buffer(), "Cookie", cookie);
    assertThat(answer.status()).isEqualTo(200);
    Answer both = gateway.get("/files/" + id, gateway.reader("alice"), "Cookie", cookie);
    assertThat(both.status()).isEqualTo(400);
  }

  @Test
  void refusesTwoCookiesOfTheNameInEitherVersion() {
    String cookie = "kv-token=" + gateway.reader("alice");
    for (HttpVersion version : List.of(HttpVersion.HTTP_1_1, HttpVersion.HTTP_2)) {
      HttpClientAgent client = gateway.client(version);
      assertThat(byCookies(client, "kv-token=x; " + cookie)).isEqualTo(400);
      assertThat(byCookies(client, cookie + "; " + cookie)).isEqualTo(400);
      assertThat(byCookies(client, "kv-token=x", cookie)).isEqualTo(400);
      assertThat(byCookies(client, "theme=dark", cookie)).isEqualTo(200);
      client.close().await();
    }
  }

  private int byCookies(HttpClientAgent client, String... cookies) {
    String[] fields =
        Stream.of(cookies).flatMap(cookie -> Stream.of("Cookie", cookie)).toArray(String[]::new);
    return gateway
        .send(client, HttpMethod.GET, "/files/" + id, Optional.empty(), Buffer.buffer(), fields)
        .status();
  }

  @Test
  void letsNobodyIntoTheApiByCookie() {
    String cookie = "kv-token=" + gateway.operator();
    String path = "/api/v1/files/" + id;
    for (HttpMethod method : List.of(HttpMethod.GET, HttpMethod.DELETE)) {
      Answer answer =
          gateway.send(method, path, Optional.empty(), Buffer.buffer(), "Cookie", cookie);
      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.header("www-authenticate")).contains("Bearer realm=\"keyveil\"");
    }
    assertThat(gateway.get(path, gateway.operator(), "Cookie", cookie).status()).isEqualTo(200);
  }

  @Test
  void asksForTheScope() {
    Answer answer = gateway.get("/files/" + id, gateway.token("alice", Set.of(), Map.of()));
    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.header("www-authenticate"))
        .hasValueSatisfying(field -> assertThat(field).contains("insufficient_scope"));
  }

  @Test
  void hidesWhetherTheFileExists() {
    String revoked = gateway.file("revoked.bin", CONTENT, "bob", "auto");
    assertThat(gateway.revoke(revoked).status()).isEqualTo(204);
    Answer unknown = veiled("A".repeat(22));
    assertThat(unknown.status()).isEqualTo(404);
    for (String hidden : List.of(id, revoked, "short", "A".repeat(21) + "B")) {
      assertThat(veiled(hidden)).isEqualTo(unknown);
    }
  }

  private static Answer veiled(String file) {
    Answer answer = gateway.get("/files/" + file, gateway.reader("bob"));
    Map<String, List<String>> headers = new TreeMap<>(answer.headers());
    assertThat(headers.remove("x-request-id")).hasSize(1);
    return new Answer(answer.status(), headers, answer.body());
  }

  @Test
  void streamsANamedKeyWhateverThePolicySays() {
    gateway.s3().put(GatewayHarness.BUCKET, "named.bin", CONTENT);
    Answer registered =
        gateway.register(
            """
            {"bucket": "%s", "key": "named.bin", "name": "n.bin", "delivery": "redirect",
             "access": {"subject": "alice"}}
            """
                .formatted(GatewayHarness.BUCKET));
    JsonObject file = registered.body().toJsonObject();
    assertThat(file.getString("deliveredAs")).isEqualTo("stream");
    Answer answer =
        gateway.get(
            "/files/" + file.getString("id") + "?delivery=redirect", gateway.reader("alice"));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("location")).isEmpty();
  }

  @Test
  void saysGoneWhenTheObjectIsGoneOrChanged() {
    String gone = gateway.file("gone.bin", CONTENT, "alice", "auto");
    gateway.s3().delete(GatewayHarness.BUCKET, "gone.bin");
    assertThat(gateway.get("/files/" + gone, gateway.reader("alice")).status()).isEqualTo(410);
    String changed = gateway.file("changed.bin", CONTENT, "alice", "auto");
    gateway.s3().put(GatewayHarness.BUCKET, "changed.bin", new byte[300_000]);
    assertThat(gateway.get("/files/" + changed, gateway.reader("alice")).status()).isEqualTo(410);
    assertThat(
            gateway
                .get("/files/" + changed, gateway.reader("alice"), "Range", "bytes=5-9")
                .status())
        .isEqualTo(410);
  }

  @Test
  void refusesOtherMethodsBodiesAndLongHeaders() {
    Optional<String> token = Optional.of(gateway.reader("alice"));
    Answer post = gateway.send(HttpMethod.POST, "/files/" + id, token, Buffer.buffer());
    assertThat(post.status()).isEqualTo(405);
    assertThat(post.header("allow")).contains("GET, HEAD");
    assertThat(gateway.send(HttpMethod.GET, "/files/" + id, token, Buffer.buffer("body")).status())
        .isEqualTo(400);
    assertThat(gateway.get("/files/" + id, token.get(), "X-Long", "x".repeat(32 << 10)).status())
        .isEqualTo(200);
    assertThat(gateway.get("/files/" + id, token.get(), "X-Long", "x".repeat(100_000)).status())
        .isEqualTo(431);
  }

  @Test
  void servesAnEmptyFile() {
    String empty = gateway.file("empty.bin", new byte[0], "alice", "auto");
    Answer answer = gateway.get("/files/" + empty, gateway.reader("alice"));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("content-length")).contains("0");
    assertThat(
            gateway.get("/files/" + empty, gateway.reader("alice"), "Range", "bytes=0-").status())
        .isEqualTo(416);
  }

  @Test
  void writesTheDecisionDownBeforeTheBytesAndTheEndAfterThem() {
    Answer answer = gateway.get("/files/" + id, gateway.reader("alice"), "Range", "bytes=100-199");
    String request = answer.header("x-request-id").orElseThrow();
    assertThat(
            gateway.audit().stream()
                .map(JsonObject::new)
                .filter(r -> request.equals(r.getString("request"))))
        .hasSizeGreaterThanOrEqualTo(1)
        .first()
        .satisfies(
            intent -> {
              assertThat(intent.getString("kind")).isEqualTo("intent");
              assertThat(intent.getString("decision")).isEqualTo("allowed");
              assertThat(intent.getString("range")).isEqualTo("100-199");
            });
  }

  @Test
  void isReadyAndCounts() {
    assertThat(gateway.management("/livez").status()).isEqualTo(200);
    Answer ready = gateway.management("/readyz");
    assertThat(ready.status()).as(ready.text()).isEqualTo(200);
    assertThat(gateway.get("/files/" + id, gateway.reader("alice")).status()).isEqualTo(200);
    String metrics = gateway.management("/metrics").text();
    assertThat(metrics).contains("keyveil_decisions_total{decision=\"allowed\",reason=\"stream\"}");
    assertThat(metrics).doesNotContain(id);
  }
}
