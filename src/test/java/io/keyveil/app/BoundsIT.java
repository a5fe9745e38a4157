package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.app.GatewayHarness.Answer;
import io.keyveil.config.KeyveilSettings;
import io.keyveil.http.LimitSettings;
import io.keyveil.s3.LyingS3;
import io.keyveil.s3.LyingS3.Lie;
import io.keyveil.s3.S3Settings;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What happens when one of the limits is reached: an answer, and not a wait without end. */
class BoundsIT {
  private static final long SIZE = 64L << 20;
  private static final String UNANSWERED = "route=\"none\"";
  @TempDir Path folder;

  @Test
  void answersWhoWaitsInVainForAConnectionToS3() {
    with(
        settings ->
            LyingGateway.with(
                settings,
                oneConnection(settings.s3()),
                LyingGateway.patience(Duration.ofSeconds(1), Duration.ofMinutes(10))),
        (s3, gateway, id) -> {
          HttpClientAgent client = gateway.client(HttpVersion.HTTP_2);
          s3.tell(Lie.STALL_IN_BODY);
          HttpClientResponse first = begun(gateway, client, id);
          Fetch second = Fetch.of(gateway, client, id);
          assertThat(second.status()).isEqualTo(503);
          assertThat(second.retryAfter()).isPresent();
          assertThat(s3.gets()).isEqualTo(1);
          first.request().reset().await();
          client.close().await();
        });
  }

  @Test
  void forgetsWhoLeavesWhileWaitingForAConnectionToS3() {
    with(
        settings ->
            LyingGateway.with(
                settings,
                oneConnection(settings.s3()),
                LyingGateway.patience(Duration.ofMinutes(2), Duration.ofMinutes(10))),
        (s3, gateway, id) -> {
          HttpClientAgent client = gateway.client(HttpVersion.HTTP_2);
          s3.tell(Lie.STALL_IN_BODY);
          HttpClientResponse first = begun(gateway, client, id);
          HttpClientRequest second = client.request(options(gateway, id)).await();
          var unanswered = second.send();
          Wait.until("the second decision", () -> count(gateway, "intent") == 2);
          second.reset().await();
          Wait.until("the second record", () -> count(gateway, "completion") == 1);
          assertThat(unanswered.failed()).isTrue();
          s3.tell(Lie.NONE);
          Future<Integer> third =
              client
                  .request(options(gateway, id).putHeader("Range", "bytes=0-9"))
                  .compose(request -> request.send().compose(r -> r.body().map(r.statusCode())));
          Wait.until("the third decision", () -> count(gateway, "intent") == 3);
          assertThat(s3.gets()).isEqualTo(1);
          first.request().reset().await();
          assertThat(third.await()).isEqualTo(206);
          assertThat(s3.gets()).isEqualTo(2);
          client.close().await();
        });
  }

  private static long count(GatewayHarness gateway, String kind) {
    return gateway.audit().stream()
        .map(JsonObject::new)
        .filter(record -> kind.equals(record.getString("kind")))
        .count();
  }

  @Test
  void recordsWhatWasAnsweredWhenTooManyDownloadsRun() {
    with(
        settings ->
            with(
                LyingGateway.with(
                    settings,
                    settings.s3(),
                    LyingGateway.patience(Duration.ofSeconds(30), Duration.ofMinutes(10))),
                limits(LimitSettings.DEFAULTS.idle(), 1)),
        (s3, gateway, id) -> {
          HttpClientAgent client = gateway.client(HttpVersion.HTTP_2);
          s3.tell(Lie.STALL_IN_BODY);
          HttpClientResponse first = begun(gateway, client, id);
          Fetch refused = Fetch.of(gateway, client, id);
          assertThat(refused.status()).isEqualTo(503);
          assertThat(refused.retryAfter()).isPresent();
          assertThat(s3.gets()).isEqualTo(1);
          expectRefused(gateway, refused.requestId().orElseThrow(), "full", 503);
          first.request().reset().await();
          client.close().await();
        });
  }

  @Test
  void refusesASubjectThatHasTooManyDownloads() {
    with(
        settings ->
            GatewayHarness.withShortWindows(
                with(
                    LyingGateway.with(
                        settings,
                        settings.s3(),
                        LyingGateway.patience(Duration.ofSeconds(30), Duration.ofMinutes(10))),
                    limits(LimitSettings.DEFAULTS.idle(), 100, 1))),
        (s3, gateway, id) -> {
          HttpClientAgent client = gateway.client(HttpVersion.HTTP_2);
          s3.tell(Lie.STALL_IN_BODY);
          HttpClientResponse first = begun(gateway, client, id);
          s3.tell(Lie.NONE);
          Answer refused = gateway.get("/files/" + id, gateway.reader("alice"));
          assertThat(refused.status()).isEqualTo(429);
          assertThat(refused.header("Retry-After")).isPresent();
          assertThat(refused.header("Content-Type")).contains("application/problem+json");
          assertThat(refused.text()).contains("urn:keyveil:problem:too-many-downloads");
          assertThat(gateway.counted("too-many", "alice").getInteger("status")).isEqualTo(429);
          assertThat(status(gateway, HttpMethod.HEAD, id)).isEqualTo(200);
          assertThat(
                  gateway
                      .get("/files/" + id, gateway.reader("alice"), "Range", "bytes=999999999-")
                      .status())
              .isEqualTo(416);
          // Another's is refused for what it is, and takes nobody's slot.
          assertThat(gateway.get("/files/" + id, gateway.reader("bob")).status()).isEqualTo(404);
          String others =
              gateway
                  .register(
                      """
                      {"bucket": "%s", "key": "k", "name": "n", "access": {"subject": "bob"}}
                      """
                          .formatted(GatewayHarness.BUCKET))
                  .body()
                  .toJsonObject()
                  .getString("id");
          assertThat(gateway.get("/files/" + others, gateway.reader("bob")).status())
              .isEqualTo(200);
          first.request().reset().await();
          Wait.until("a slot after the abort", () -> status(gateway, HttpMethod.GET, id) == 206);
          Wait.until("a slot after the end", () -> status(gateway, HttpMethod.GET, id) == 206);
          s3.tell(Lie.MISSING);
          Wait.until("the gone object", () -> status(gateway, HttpMethod.GET, id) == 410);
          s3.tell(Lie.NONE);
          assertThat(status(gateway, HttpMethod.GET, id)).isEqualTo(206);
          client.close().await();
        });
  }

  private static int status(GatewayHarness gateway, HttpMethod method, String id) {
    return gateway
        .send(
            method,
            "/files/" + id,
            Optional.of(gateway.reader("alice")),
            Buffer.buffer(),
            "Range",
            "bytes=0-9")
        .status();
  }

  /** One record, which says why, and none of an end. */
  private static void expectRefused(
      GatewayHarness gateway, String request, String reason, int status) {
    assertThat(
            gateway.audit().stream()
                .map(JsonObject::new)
                .filter(record -> request.equals(record.getString("request"))))
        .singleElement()
        .satisfies(
            record -> {
              assertThat(record.getString("decision")).isEqualTo("refused");
              assertThat(record.getString("reason")).isEqualTo(reason);
              assertThat(record.getInteger("status")).isEqualTo(status);
            });
  }

  @Test
  void hangsUpOnABodyThatNeverComes() {
    with(
        settings -> with(settings, limits(Duration.ofSeconds(1), 10)),
        (s3, gateway, id) -> {
          HttpClientAgent client = gateway.client(HttpVersion.HTTP_1_1);
          Promise<Void> hungUp = Promise.promise();
          HttpClientRequest request = posting(gateway, client);
          request.connection().closeHandler(closed -> hungUp.tryComplete());
          request.writeHead().await();
          Wait.until("the end of the connection", () -> hungUp.future().isComplete());
          client.close().await();
        });
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void raisesNoAlarmForAClientThatLeavesInItsBody(HttpVersion version) {
    with(
        settings -> settings,
        (s3, gateway, id) -> {
          HttpClientAgent client = gateway.client(version);
          HttpClientRequest request = posting(gateway, client);
          request.writeHead().await();
          request.connection().close().await();
          client.close().await();
          Wait.until(
              "the count of the request",
              () -> gateway.management("/metrics").text().contains(UNANSWERED));
          assertThat(gateway.management("/metrics").text()).contains("kind=\"internal\"} 0.0");
        });
  }

  private void with(UnaryOperator<KeyveilSettings> change, Use use) {
    try (LyingS3 s3 = new LyingS3(SIZE);
        GatewayHarness gateway = GatewayHarness.on(s3.endpoint(), folder, change)) {
      use.on(s3, gateway, LyingGateway.register(gateway));
    }
  }

  /** What a test does with a gateway and its one file. */
  private interface Use {
    void on(LyingS3 s3, GatewayHarness gateway, String id);
  }

  private static RequestOptions options(GatewayHarness gateway, String id) {
    return new RequestOptions()
        .setHost("localhost")
        .setPort(gateway.gateway().port())
        .setURI("/files/" + id)
        .putHeader("Authorization", "Bearer " + gateway.reader("alice"));
  }

  /** A download whose first bytes have come, and whose others S3 owes. */
  static HttpClientResponse begun(GatewayHarness gateway, HttpClientAgent client, String id) {
    Promise<HttpClientResponse> begun = Promise.promise();
    Future<HttpClientResponse> asked =
        client
            .request(options(gateway, id))
            .compose(HttpClientRequest::send)
            .onSuccess(
                response -> {
                  response.exceptionHandler(left -> {});
                  // Not paused: its share of the connection's window is the others' too.
                  response.handler(bytes -> begun.tryComplete(response));
                });
    assertThat(asked.await().statusCode()).isEqualTo(200);
    return begun.future().await();
  }

  /** The head of a request whose body may come or not. */
  private static HttpClientRequest posting(GatewayHarness gateway, HttpClientAgent client) {
    return client
        .request(
            new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost("localhost")
                .setPort(gateway.gateway().port())
                .setURI("/api/v1/files")
                .putHeader("Content-Type", "application/json")
                .putHeader("Content-Length", "1000"))
        .await();
  }

  private static S3Settings oneConnection(S3Settings s3) {
    return new S3Settings(
        s3.endpoint(),
        s3.publicEndpoint(),
        s3.region(),
        s3.pathStyle(),
        s3.buckets(),
        s3.opaqueBucket(),
        s3.opaqueEncryption(),
        s3.opaqueKmsKey(),
        s3.checksums(),
        s3.credentials(),
        1,
        s3.waiting(),
        s3.breaker(),
        s3.connectTimeout(),
        s3.controlTimeout());
  }

  private static LimitSettings limits(Duration idle, int downloads) {
    return limits(idle, downloads, 0);
  }

  private static LimitSettings limits(Duration idle, int downloads, int downloadsPerSubject) {
    LimitSettings defaults = LimitSettings.DEFAULTS;
    return new LimitSettings(
        defaults.headers(),
        defaults.requestLine(),
        defaults.body(),
        idle,
        downloads,
        downloadsPerSubject,
        defaults.rates());
  }

  private static KeyveilSettings with(KeyveilSettings settings, LimitSettings limits) {
    return new KeyveilSettings(
        settings.profile(),
        settings.listen(),
        settings.management(),
        settings.tokens(),
        settings.store(),
        settings.cache(),
        settings.s3(),
        settings.delivery(),
        settings.links(),
        settings.audit(),
        limits,
        settings.cors(),
        settings.pages(),
        settings.drain());
  }
}
