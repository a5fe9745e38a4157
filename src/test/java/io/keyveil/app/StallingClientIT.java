package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.config.KeyveilSettings;
import io.keyveil.delivery.DeliverySettings;
import io.keyveil.delivery.OffloadSettings;
import io.keyveil.delivery.ResumeSettings;
import io.keyveil.s3.LyingS3;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A client that stands still loses its download, however little is left of it; a slow one not. */
@Tag("long")
class StallingClientIT {
  private static final int LARGE = 32 << 20;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "HTTP_1_1, 33554432",
    "HTTP_2, 33554432",
    "HTTP_2, 90000",
    "HTTP_2, 70000",
  })
  void losesItsDownload(HttpVersion version, int size) {
    with(
        size,
        (gateway, id) -> {
          HttpClientAgent client = small(gateway, version);
          HttpClientResponse response = begun(gateway, client, id);
          Wait.until("the running download", () -> running(gateway) == 1);
          Wait.until("the end of it", () -> running(gateway) == 0);
          Wait.until("the record", () -> endings(gateway, "aborted-by-client") == 1);
          assertThat(response.statusCode()).isEqualTo(200);
          client.close().await();
        });
  }

  @ParameterizedTest
  @CsvSource({"HTTP_1_1", "HTTP_2"})
  void isKeptWhileItTakesALittle(HttpVersion version) {
    with(
        LARGE / 8,
        (gateway, id) -> {
          HttpClientAgent client = small(gateway, version);
          HttpClientResponse response = begun(gateway, client, id);
          Promise<Void> whole = Promise.promise();
          response.endHandler(end -> whole.complete());
          response.exceptionHandler(whole::tryFail);
          // For several times as long as a client may stand still.
          long timer = gateway.vertx().setPeriodic(20, now -> response.fetch(2));
          whole.future().await();
          assertThat(gateway.vertx().cancelTimer(timer)).isTrue();
          Wait.until("the record", () -> endings(gateway, "complete") == 1);
          client.close().await();
        });
  }

  private void with(int size, Use use) {
    try (LyingS3 s3 = new LyingS3(size);
        GatewayHarness gateway =
            GatewayHarness.on(s3.endpoint(), folder, StallingClientIT::impatient)) {
      use.on(gateway, LyingGateway.register(gateway));
    }
  }

  /** What a test does with a gateway and its one file. */
  private interface Use {
    void on(GatewayHarness gateway, String id);
  }

  private static KeyveilSettings impatient(KeyveilSettings settings) {
    DeliverySettings defaults = DeliverySettings.DEFAULTS;
    return LyingGateway.with(
        settings,
        settings.s3(),
        new DeliverySettings(
            defaults.policy(),
            defaults.redirectAbove(),
            defaults.presignedFor(),
            defaults.readScope(),
            defaults.firstByteTimeout(),
            Duration.ofSeconds(1),
            defaults.inlineTypes(),
            defaults.integrity(),
            ResumeSettings.DEFAULTS,
            OffloadSettings.DEFAULTS));
  }

  /** A client whose kernel takes in little. */
  private static HttpClientAgent small(GatewayHarness gateway, HttpVersion version) {
    HttpClientOptions options =
        new HttpClientOptions()
            .setSsl(true)
            .setUseAlpn(version == HttpVersion.HTTP_2)
            .setProtocolVersion(version)
            .setReceiveBufferSize(16 << 10)
            .setTrustOptions(
                new PemTrustOptions().addCertPath(gateway.folder().resolve("cert.pem").toString()));
    return gateway.held(gateway.vertx().createHttpClient(options));
  }

  /** An answer whose head has come, and of whose body nothing is taken yet. */
  private static HttpClientResponse begun(
      GatewayHarness gateway, HttpClientAgent client, String id) {
    Promise<HttpClientResponse> begun = Promise.promise();
    var unused =
        client
            .request(
                new RequestOptions()
                    .setMethod(HttpMethod.GET)
                    .setHost("localhost")
                    .setPort(gateway.gateway().port())
                    .setURI("/files/" + id)
                    .putHeader("Authorization", "Bearer " + gateway.reader("alice")))
            .compose(request -> request.send())
            .onFailure(begun::tryFail)
            .onSuccess(
                response -> {
                  response.pause();
                  response.exceptionHandler(broken -> {});
                  response.handler(bytes -> {});
                  begun.complete(response);
                });
    return begun.future().await();
  }

  private static long running(GatewayHarness gateway) {
    return gateway
        .management("/metrics")
        .text()
        .lines()
        .filter(line -> line.startsWith("keyveil_downloads_running "))
        .map(line -> line.replaceAll(".* |\\.0$", ""))
        .mapToLong(Long::parseLong)
        .sum();
  }

  private static long endings(GatewayHarness gateway, String outcome) {
    return gateway.audit().stream()
        .map(JsonObject::new)
        .filter(record -> outcome.equals(record.getString("outcome")))
        .filter(record -> "completion".equals(record.getString("kind")))
        .count();
  }
}
