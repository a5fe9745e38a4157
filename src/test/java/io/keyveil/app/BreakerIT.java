package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.config.KeyveilSettings;
import io.keyveil.delivery.DeliverySettings;
import io.keyveil.s3.BreakerSettings;
import io.keyveil.s3.LyingS3;
import io.keyveil.s3.LyingS3.Lie;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An S3 that fails is left alone for a while, tried again, and then asked as ever. */
class BreakerIT {
  private static final int SIZE = 1000;
  private static final int CALLS = 6;

  @TempDir Path folder;
  private final MovedClock clock = new MovedClock();
  private LyingGateway lying;
  private HttpClientAgent client;

  @BeforeEach
  void start() {
    LyingS3 s3 = new LyingS3(SIZE);
    GatewayHarness harness = GatewayHarness.on(s3.endpoint(), folder, clock, BreakerIT::touchy);
    lying = new LyingGateway(s3, harness, LyingGateway.register(harness));
    // One connection, so that all is asked on one event loop.
    client = harness.client(HttpVersion.HTTP_2);
  }

  @AfterEach
  void stop() {
    client.close().await();
    lying.close();
  }

  private static KeyveilSettings touchy(KeyveilSettings settings) {
    DeliverySettings delivery =
        LyingGateway.patience(Duration.ofSeconds(1), Duration.ofMinutes(10));
    return LyingGateway.with(
        settings,
        LyingGateway.with(settings.s3(), new BreakerSettings(CALLS, 50, Duration.ofSeconds(60), 2)),
        delivery);
  }

  @ParameterizedTest
  @EnumSource(
      value = Lie.class,
      names = {"BUSY", "BROKEN", "NOTHING_THEN_RST", "SILENT"})
  void leavesAnS3AloneThatFails(Lie lie) {
    lying.s3().tell(lie);
    for (int i = 0; i < CALLS; i++) {
      assertThat(fetch().status()).isBetween(502, 504);
    }
    assertThat(lying.s3().gets()).isEqualTo(CALLS);
    Fetch refused = fetch();
    assertThat(refused.status()).isEqualTo(503);
    assertThat(Integer.parseInt(refused.retryAfter().orElseThrow())).isBetween(30, 60);
    assertThat(lying.s3().gets()).isEqualTo(CALLS);
    assertThat(lying.harness().audit().stream().map(JsonObject::new))
        .filteredOn(
            record -> record.getString("request", "").equals(refused.requestId().orElseThrow()))
        .extracting(record -> record.getInteger("status"))
        .containsExactly(200, 503);
    assertThat(resting()).isEqualTo("1");
  }

  @Test
  void asksAsEverOnceS3IsWellAgain() {
    open();
    lying.s3().tell(Lie.NONE);
    assertThat(fetch().status()).isEqualTo(503);
    clock.move(Duration.ofSeconds(61));
    for (int i = 0; i < 5; i++) {
      assertThat(fetch().status()).isEqualTo(200);
    }
    assertThat(resting()).isEqualTo("0");
  }

  @Test
  void leavesItAloneAgainWhereItFailsStill() {
    open();
    clock.move(Duration.ofSeconds(61));
    int before = lying.s3().gets();
    for (int i = 0; i < 5; i++) {
      assertThat(fetch().status()).isEqualTo(503);
    }
    assertThat(lying.s3().gets()).isEqualTo(before + 2);
  }

  @Test
  void letsOnlyAFewFindOut() {
    open();
    clock.move(Duration.ofSeconds(61));
    int before = lying.s3().gets();
    lying.s3().tell(Lie.STALL_IN_HEAD);
    HttpClientRequest first = asked();
    HttpClientRequest second = asked();
    Wait.until("two probes", () -> lying.s3().answering() == 2);
    Fetch third = fetch();
    assertThat(third.status()).isEqualTo(503);
    assertThat(third.retryAfter()).contains("1");
    assertThat(lying.s3().gets()).isEqualTo(before + 2);
    first.reset().await();
    second.reset().await();
    Wait.until("the end of the probes", () -> lying.s3().answering() == 0);
  }

  @Test
  void letsOthersFindOutWhenThoseThatDidHaveLeft() {
    open();
    clock.move(Duration.ofSeconds(61));
    lying.s3().tell(Lie.STALL_IN_HEAD);
    for (int i = 0; i < 5; i++) {
      HttpClientRequest probe = asked();
      Wait.until("a probe", () -> lying.s3().answering() == 1);
      probe.reset().await();
      Wait.until("its end", () -> lying.s3().answering() == 0);
    }
    lying.s3().tell(Lie.NONE);
    for (int i = 0; i < 3; i++) {
      assertThat(fetch().status()).isEqualTo(200);
    }
    assertThat(resting()).isEqualTo("0");
  }

  @ParameterizedTest
  @EnumSource(
      value = Lie.class,
      names = {"FORBIDDEN", "MISSING", "OTHER_TAG", "PRECONDITION"})
  void asksOnWhereS3OnlyRefuses(Lie lie) {
    lying.s3().tell(lie);
    for (int i = 0; i < 3 * CALLS; i++) {
      assertThat(fetch().status()).isIn(410, 502);
    }
    assertThat(lying.s3().gets()).isEqualTo(3 * CALLS);
    lying.s3().tell(Lie.NONE);
    assertThat(fetch().status()).isEqualTo(200);
  }

  private void open() {
    lying.s3().tell(Lie.BUSY);
    for (int i = 0; i < CALLS; i++) {
      assertThat(fetch().status()).isEqualTo(503);
    }
    assertThat(resting()).isEqualTo("1");
  }

  private String resting() {
    return lying
        .harness()
        .management("/metrics")
        .text()
        .lines()
        .filter(line -> line.startsWith("keyveil_s3_resting "))
        .map(line -> line.replaceAll(".* |\\.0$", ""))
        .findFirst()
        .orElseThrow();
  }

  private Fetch fetch() {
    return Fetch.of(lying.harness(), client, lying.id());
  }

  private HttpClientRequest asked() {
    HttpClientRequest request =
        client
            .request(
                new RequestOptions()
                    .setMethod(HttpMethod.GET)
                    .setHost("localhost")
                    .setPort(lying.harness().gateway().port())
                    .setURI("/files/" + lying.id())
                    .putHeader("Authorization", "Bearer " + lying.harness().reader("alice")))
            .await();
    var unused = request.send();
    return request;
  }

  /** The system's clock, ahead by as much as a test says. */
  private static final class MovedClock implements InstantSource {
    private volatile Duration ahead = Duration.ZERO;

    void move(Duration by) {
      ahead = ahead.plus(by);
    }

    @Override
    public Instant instant() {
      return InstantSource.system().instant().plus(ahead);
    }
  }
}
