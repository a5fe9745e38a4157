package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.http.LimitSettings;
import io.keyveil.limit.Enforcement;
import io.keyveil.limit.Rate;
import io.keyveil.limit.RateSettings;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Between an S3 that says what nginx obeys and clients that do, neither gets further than it may.
 */
class OffloadEdgeIT {
  private static final String BYTES = "the bytes of the file";
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

  private static final String REGISTRATION =
      """
      {"bucket": "%s", "key": "jane-doe/scan.bin", "name": "a.txt", "type": "text/plain",
       "access": {"subject": "alice"}}
      """
          .formatted(GatewayHarness.BUCKET);

  private static final String TAG = "\"0123456789abcdef0123456789abcdef\"";
  private static volatile String tag = TAG;

  @TempDir static Path folder;
  @TempDir Path elsewhere;
  private static final List<MultiMap> asked = new CopyOnWriteArrayList<>();
  private static Vertx vertx;
  private static GatewayHarness gateway;
  private static Carrier carrier;
  private static String id;

  @BeforeAll
  static void start() {
    Carrier.require();
    vertx = Vertx.vertx();
    HttpServer storage =
        vertx
            .createHttpServer()
            .requestHandler(OffloadEdgeIT::answer)
            .listen(0, "127.0.0.1")
            .await();
    URI endpoint = URI.create("http://127.0.0.1:" + storage.actualPort());
    gateway =
        GatewayHarness.on(
            endpoint,
            folder,
            settings ->
                EdgeSettings.limited(
                    EdgeSettings.offloaded(
                        EdgeSettings.listen(settings, EdgeSettings::plain),
                        Carrier.settings(folder)),
                    OffloadEdgeIT::slowed));
    carrier = new Carrier(folder, gateway.gateway().port(), endpoint.getRawAuthority());
    Program.Result registered =
        curl(
            "/api/v1/files",
            "-H",
            "Authorization: Bearer " + gateway.operator(),
            "-H",
            "Content-Type: application/json",
            "-d",
            REGISTRATION);
    String body = registered.out().substring(registered.out().indexOf('{'));
    id = new JsonObject(body).getString("id");
  }

  /** Bytes by subject and by address; the smaller rate counts. */
  private static LimitSettings slowed(LimitSettings limits) {
    Rate ample = new Rate(1_000_000, 1_000_000);
    return new LimitSettings(
        limits.headers(),
        limits.requestLine(),
        limits.body(),
        limits.idle(),
        limits.downloads(),
        limits.downloadsPerSubject(),
        new RateSettings(
            Enforcement.ENFORCE,
            1_000,
            new RateSettings.Traffic(ample, new Rate(3_000_000, 64 << 20)),
            new RateSettings.Traffic(ample, new Rate(2_000_000, 64 << 20)),
            ample,
            ample,
            ample));
  }

  @AfterAll
  static void stop() {
    if (carrier != null) {
      carrier.close();
      gateway.close();
      vertx.close().await();
    }
  }

  /** Everything that somebody who may write to the bucket could have S3 say. */
  private static void answer(HttpServerRequest request) {
    if (HttpMethod.GET.equals(request.method())) {
      asked.add(MultiMap.caseInsensitiveMultiMap().addAll(request.headers()));
      request
          .response()
          .putHeader("X-Accel-Redirect", "/openapi.yaml")
          .putHeader("X-Accel-Limit-Rate", "1")
          .putHeader("X-Accel-Buffering", "no")
          .putHeader("X-Accel-Charset", "utf-7")
          .putHeader("X-Accel-Expires", "3600")
          .putHeader("X-Keyveil-Event", "A".repeat(22))
          .putHeader("X-Keyveil-Target", "/elsewhere")
          .putHeader("Set-Cookie", "kv-token=stolen")
          .putHeader("x-amz-meta-patient", "jane-doe")
          .putHeader("Content-Disposition", "inline; filename=jane-doe.html")
          .putHeader("Content-Language", "jane-doe")
          .putHeader("Cache-Control", "public")
          .putHeader("Location", "https://elsewhere.test/jane-doe")
          .putHeader("Refresh", "0; url=https://elsewhere.test/jane-doe")
          .putHeader("Access-Control-Allow-Origin", "*");
    }
    request
        .response()
        .putHeader("ETag", tag)
        .putHeader("Last-Modified", "Sun, 01 Mar 2026 10:00:00 GMT")
        .putHeader("Content-Type", "text/html");
    if (HttpMethod.HEAD.equals(request.method())) {
      request.response().putHeader("Content-Length", Integer.toString(BYTES.length()));
      var unused = request.response().end();
    } else {
      var unused = request.response().end(BYTES);
    }
  }

  private static Program.Result curl(String path, String... options) {
    List<String> command =
        new ArrayList<>(
            List.of("curl", "-sS", "-i", "--http1.1", "--path-as-is", "--cacert", "cert.pem"));
    command.addAll(List.of(options));
    command.add(carrier.base() + path);
    return Program.run(folder, Map.of(), command.toArray(String[]::new));
  }

  @Test
  void takesNothingFromStorageButTheBytes() {
    Program.Result got =
        curl("/files/" + id, "-H", "Authorization: Bearer " + gateway.reader("alice"));
    String head = got.out().substring(0, got.out().indexOf("\r\n\r\n")).toLowerCase(Locale.ROOT);
    assertThat(head).startsWith("http/1.1 200").contains("filename=\"a.txt\"");
    assertThat(head).contains("content-type: text/plain", "cache-control: private, no-store");
    assertThat(head)
        .doesNotContain("jane-doe", "x-accel", "x-keyveil", "set-cookie", "x-amz", "elsewhere")
        .doesNotContain("utf-7", "public", "access-control-allow-origin: *", "refresh");
    assertThat(got.out()).endsWith(BYTES);
  }

  @Test
  void tellsStorageNothingOfTheClientButItsTrace() {
    asked.clear();
    Program.Result got =
        curl(
            "/files/" + id,
            "-H",
            "Authorization: Bearer " + gateway.reader("alice"),
            "-H",
            "Cookie: a=b",
            "-H",
            "Referer: https://portal.test/jane-doe",
            "-H",
            "X-Keyveil-Trace: forged",
            "-H",
            "X-Keyveil-Range: bytes=0-0",
            "-H",
            "traceparent: 00-" + TRACE + "-00f067aa0ba902b7-01");
    assertThat(got.out()).endsWith(BYTES);
    assertThat(asked)
        .singleElement()
        .satisfies(
            fields -> {
              assertThat(fields.get("traceparent")).startsWith("00-" + TRACE + "-").endsWith("-01");
              assertThat(fields.get("If-Match")).isEqualTo("\"0123456789abcdef0123456789abcdef\"");
              assertThat(fields.names())
                  .allMatch(
                      name ->
                          List.of("host", "traceparent", "if-match", "accept-encoding")
                              .contains(name.toLowerCase(Locale.ROOT)));
            });
    asked.clear();
    Program.Result plain =
        curl("/files/" + id, "-H", "Authorization: Bearer " + gateway.reader("alice"));
    assertThat(plain.out()).endsWith(BYTES);
    assertThat(asked).singleElement().matches(fields -> !fields.contains("traceparent"));
  }

  /** nginx cannot look at what it passes on; what it passed on wrongly does not stay unknown. */
  @Test
  void tellsOfAnotherObjectAfterwards() {
    tag = "\"fedcba9876543210fedcba9876543210\"";
    try {
      Program.Result got =
          curl("/files/" + id, "-H", "Authorization: Bearer " + gateway.reader("alice"));
      assertThat(got.out()).startsWith("HTTP/1.1 200");
    } finally {
      tag = TAG;
    }
    Wait.until(
        "word of it",
        () -> gateway.audit().stream().anyMatch(line -> line.contains("\"outcome\":\"corrupt\"")));
    assertThat(gateway.management("/metrics").text())
        .contains("keyveil_alarms_total{kind=\"transfer-corrupt\"} 1.0");
  }

  /** The secret alone opens nothing: whoever learns it has to be among the trusted proxies too. */
  @Test
  void isForNobodyFromElsewhere() {
    try (GatewayHarness other =
        GatewayHarness.on(
            gateway.settings().s3().endpoint().orElseThrow(),
            elsewhere,
            settings ->
                EdgeSettings.offloaded(
                    EdgeSettings.listen(
                        settings,
                        listen ->
                            EdgeSettings.trusting(
                                EdgeSettings.plain(listen), EdgeSettings.blocks("203.0.113.7"))),
                    Carrier.settings(folder)))) {
      String registered =
          RawHttp.ask(
              other.gateway().port(),
              "POST /api/v1/files HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                  + "Authorization: Bearer "
                  + other.operator()
                  + "\r\nContent-Type: application/json\r\nContent-Length: "
                  + REGISTRATION.length()
                  + "\r\n\r\n"
                  + REGISTRATION);
      String there = new JsonObject(registered.substring(registered.indexOf('{'))).getString("id");
      String answer =
          RawHttp.ask(
              other.gateway().port(),
              RawHttp.get(
                  "/files/" + there,
                  "Authorization",
                  "Bearer " + other.reader("alice"),
                  "X-Keyveil-Offload",
                  Carrier.SECRET,
                  "X-Forwarded-For",
                  "203.0.113.7"));
      assertThat(answer).startsWith("HTTP/1.1 200").endsWith(BYTES);
      assertThat(answer.toLowerCase(Locale.ROOT)).doesNotContain("x-accel", "x-keyveil");
    }
  }

  @Test
  void passesTheSmallestRateOn() {
    String answer =
        RawHttp.ask(
            gateway.gateway().port(),
            RawHttp.get(
                "/files/" + id,
                "Authorization",
                "Bearer " + gateway.reader("alice"),
                "X-Keyveil-Offload",
                Carrier.SECRET));
    assertThat(answer.toLowerCase(Locale.ROOT))
        .contains("x-accel-limit-rate: 2000000\r\n", "x-accel-redirect: /keyveil-internal\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/keyveil-internal",
        "//keyveil-internal",
        "/keyveil-internal/",
        "/%6beyveil-internal",
        "/files/../keyveil-internal",
        "/files/..%2fkeyveil-internal",
        "/./keyveil-internal?delivery=redirect",
        "/keyveil-internal%00",
        "/@keyveil_gone"
      })
  void cannotBeReachedFromOutside(String path) {
    asked.clear();
    Program.Result got =
        curl(
            path,
            "-H",
            "Authorization: Bearer " + gateway.reader("alice"),
            "-H",
            "X-Keyveil-Offload: " + Carrier.SECRET,
            "-H",
            "X-Accel-Redirect: /keyveil-internal",
            "-H",
            "X-Keyveil-Target: /" + GatewayHarness.BUCKET + "/jane-doe/scan.bin");
    assertThat(got.out()).startsWith("HTTP/1.1 4").doesNotContain(BYTES);
    assertThat(asked).isEmpty();
  }
}
