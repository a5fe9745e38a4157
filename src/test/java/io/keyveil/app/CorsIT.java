package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.app.GatewayHarness.Answer;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What pages of other origins may ask and read. */
class CorsIT {
  private static final String PORTAL = GatewayHarness.PORTAL;
  private static final String ALLOWED = "access-control-allow-origin";
  @TempDir static Path folder;
  private static GatewayHarness gateway;
  private static String id;

  @BeforeAll
  static void start() {
    gateway = GatewayHarness.start(folder);
    id = gateway.file("cors.bin", new byte[100], "alice", "auto");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static Stream<String> fields(Answer answer) {
    return answer.headers().keySet().stream().filter(name -> name.startsWith("access-control"));
  }

  private static void expectReadable(Answer answer) {
    assertThat(answer.header(ALLOWED)).contains(PORTAL);
    assertThat(answer.header("access-control-allow-credentials")).contains("true");
    assertThat(answer.header("vary")).contains("Authorization, Origin");
    assertThat(answer.header("access-control-expose-headers").orElseThrow().split(", "))
        .containsExactlyInAnyOrder(
            "Content-Length",
            "Content-Range",
            "Accept-Ranges",
            "ETag",
            "Content-Disposition",
            "Repr-Digest",
            "X-Request-Id",
            "Retry-After",
            "RateLimit",
            "RateLimit-Policy");
  }

  private static Answer preflight(String origin, String path, String method, String... fields) {
    String[] all =
        Stream.concat(
                Stream.of("Origin", origin, "Access-Control-Request-Method", method),
                Stream.of(fields))
            .toArray(String[]::new);
    return gateway.send(HttpMethod.OPTIONS, path, Optional.empty(), Buffer.buffer(), all);
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void letsAListedPageAskForRangesAndReadThem(HttpVersion version) {
    HttpClientAgent client = gateway.client(version);
    Answer leave =
        gateway.send(
            client,
            HttpMethod.OPTIONS,
            "/files/" + id,
            Optional.empty(),
            Buffer.buffer(),
            "Origin",
            PORTAL,
            "Access-Control-Request-Method",
            "GET",
            "Access-Control-Request-Headers",
            "authorization,range");
    assertThat(leave.status()).isEqualTo(204);
    assertThat(leave.header(ALLOWED)).contains(PORTAL);
    assertThat(leave.header("access-control-allow-methods")).contains("GET, HEAD");
    assertThat(leave.header("access-control-max-age")).contains("600");
    assertThat(leave.header("access-control-allow-credentials")).contains("true");
    assertThat(leave.header("vary")).contains("Authorization, Origin");
    assertThat(leave.header("access-control-allow-headers").orElseThrow().split(", "))
        .contains("Authorization", "Range", "If-Range", "If-Match", "If-None-Match");
    assertThat(leave.header("content-length")).isEmpty();
    Answer part =
        gateway.send(
            client,
            HttpMethod.GET,
            "/files/" + id,
            Optional.of(gateway.reader("alice")),
            Buffer.buffer(),
            "Origin",
            PORTAL,
            "Range",
            "bytes=1-2");
    assertThat(part.status()).isEqualTo(206);
    expectReadable(part);
    client.close().await();
  }

  @Test
  void letsItReadTheErrorsToo() {
    String token = gateway.reader("alice");
    String path = "/files/" + id;
    List<Answer> answers =
        List.of(
            gateway.get(path, "no.such.token", "Origin", PORTAL),
            gateway.send(HttpMethod.GET, path, Optional.empty(), Buffer.buffer(), "Origin", PORTAL),
            gateway.get("/files/" + "A".repeat(22), token, "Origin", PORTAL),
            gateway.get("/files/no-id", token, "Origin", PORTAL),
            gateway.get(path, token, "Origin", PORTAL, "Range", "bytes=100-"),
            gateway.get(path, token, "Origin", PORTAL, "If-Match", "\"other\""),
            gateway.get(path, token, "Origin", PORTAL, "Cookie", "kv-token=a"),
            gateway.get(path + "?a=%", token, "Origin", PORTAL),
            gateway.send(
                HttpMethod.PUT, path, Optional.of(token), Buffer.buffer(), "Origin", PORTAL));
    assertThat(answers.stream().map(Answer::status))
        .containsExactly(401, 401, 404, 404, 416, 412, 400, 400, 405);
    answers.forEach(CorsIT::expectReadable);
  }

  @Test
  void letsItReadThatNothingHasChanged() {
    String token = gateway.reader("alice");
    String tag = gateway.get("/files/" + id, token).header("etag").orElseThrow();
    Answer answer = gateway.get("/files/" + id, token, "Origin", PORTAL, "If-None-Match", tag);
    assertThat(answer.status()).isEqualTo(304);
    expectReadable(answer);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "*",
        "https://portal.test.evil.example",
        "https://evilportal.test",
        "https://sub.portal.test",
        "https://portal.test:8443",
        "https://portal.test:443",
        "http://portal.test",
        "https://portal.test/",
        "https://PORTAL.test",
        "https://portal.test https://evil.example",
        "https://portal.test,https://evil.example",
      })
  void givesOtherPagesNothing(String origin) {
    Answer answer = gateway.get("/files/" + id, gateway.reader("alice"), "Origin", origin);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("vary")).contains("Authorization, Origin");
    assertThat(fields(answer)).isEmpty();
    Answer leave = preflight(origin, "/files/" + id, "GET");
    assertThat(leave.status()).isEqualTo(405);
    assertThat(leave.header("allow")).contains("GET, HEAD");
    assertThat(fields(leave)).isEmpty();
  }

  @Test
  void givesTwoOriginsAtOnceNothing() {
    assertThat(
            fields(
                gateway.get(
                    "/files/" + id,
                    gateway.reader("alice"),
                    "Origin",
                    PORTAL,
                    "Origin",
                    "https://evil.example")))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "get", "OPTIONS", ""})
  void grantsNoOtherMethod(String method) {
    Answer leave = preflight(PORTAL, "/files/" + id, method);
    assertThat(leave.status()).isEqualTo(405);
    assertThat(leave.header("access-control-allow-methods")).isEmpty();
    assertThat(leave.header("access-control-allow-headers")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "/api/v1/files, 405",
    "/api/v1/files/x, 405",
    "/files/../api/v1/files, 405",
    "/files/%2e%2e/api/v1/files, 405",
    "/openapi.yaml, 405",
    "/, 404",
    "/files, 404",
  })
  void keepsPagesOutOfEverythingElse(String path, int status) {
    Answer leave = preflight(PORTAL, path, "GET", "Access-Control-Request-Headers", "range");
    assertThat(leave.status()).isEqualTo(status);
    assertThat(fields(leave)).isEmpty();
    assertThat(fields(gateway.get(path, gateway.operator(), "Origin", PORTAL))).isEmpty();
  }

  @Test
  void saysTheSameOfEveryIdInAPreflight() {
    for (String path : List.of(id, "A".repeat(22), "no-id")) {
      Answer leave = preflight(PORTAL, "/files/" + path, "GET");
      assertThat(leave.status()).isEqualTo(204);
      assertThat(leave.header(ALLOWED)).contains(PORTAL);
    }
  }

  @Test
  void refusesOptionsThatAreNoPreflight() {
    Answer answer =
        gateway.send(HttpMethod.OPTIONS, "/files/" + id, Optional.empty(), Buffer.buffer());
    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.header("allow")).contains("GET, HEAD");
    assertThat(fields(answer)).isEmpty();
  }

  @Test
  void saysNothingToThoseThatAreNoPages() {
    assertThat(fields(gateway.get("/files/" + id, gateway.reader("alice")))).isEmpty();
  }
}
