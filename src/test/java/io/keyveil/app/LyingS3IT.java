package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.app.FaultModel.End;
import io.keyveil.s3.LyingS3;
import io.keyveil.s3.LyingS3.Lie;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever S3 does wrong: a fitting refusal before the first byte, a visible break after it. */
@Tag("long")
class LyingS3IT {
  private static final int SIZE = 300_000;
  private static final String RANGE = "bytes=1000-200999";
  private static final int FROM = 1000;
  private static final int LENGTH = 200_000;
  @TempDir static Path folder;
  private static LyingGateway lying;
  private static Map<HttpVersion, HttpClientAgent> clients = Map.of();

  @BeforeAll
  static void start() {
    lying = LyingGateway.start(folder, SIZE, Duration.ofSeconds(1), Duration.ofSeconds(1));
    clients =
        Map.of(
            HttpVersion.HTTP_1_1, lying.harness().client(HttpVersion.HTTP_1_1),
            HttpVersion.HTTP_2, lying.harness().client(HttpVersion.HTTP_2));
  }

  @AfterAll
  static void stop() {
    lying.close();
  }

  static Stream<Arguments> everything() {
    return Stream.of(Lie.values())
        .flatMap(
            lie ->
                Stream.of(HttpVersion.HTTP_1_1, HttpVersion.HTTP_2)
                    .flatMap(
                        version ->
                            Stream.of(
                                Arguments.of(lie, version, false),
                                Arguments.of(lie, version, true))));
  }

  @ParameterizedTest(name = "{0} {1} range={2}")
  @MethodSource("everything")
  void endsAsItMust(Lie lie, HttpVersion version, boolean ranged) {
    int records = completions().size();
    Fetch fetch = fetch(lie, version, ranged);
    End end = FaultModel.alone(lie, ranged);
    int from = ranged ? FROM : 0;
    int length = ranged ? LENGTH : SIZE;
    switch (end) {
      case WHOLE -> expectWhole(fetch, from, length, ranged ? 206 : 200);
      case BROKEN -> expectBroken(fetch, from, length, ranged ? 206 : 200);
      default -> expectRefused(fetch, end.status());
    }
    Wait.until("the record of the end", () -> completions().size() == records + 1);
    expectRecord(completions().get(records), fetch, end, lie, length, ranged);
    Wait.until("the end of the read", () -> lying.s3().answering() == 0);
    expectWhole(fetch(Lie.NONE, version, ranged), from, length, ranged ? 206 : 200);
    Wait.until("the second record", () -> completions().size() == records + 2);
  }

  private static Fetch fetch(Lie lie, HttpVersion version, boolean ranged) {
    lying.s3().tell(lie);
    HttpClientAgent client = Optional.ofNullable(clients.get(version)).orElseThrow();
    return ranged
        ? Fetch.of(lying.harness(), client, lying.id(), "Range", RANGE)
        : Fetch.of(lying.harness(), client, lying.id());
  }

  private static void expectWhole(Fetch fetch, int from, int length, int status) {
    assertThat(fetch.status()).isEqualTo(status);
    assertThat(fetch.whole()).isTrue();
    assertThat(fetch.promised()).isEqualTo(length);
    assertThat(fetch.bytes().getBytes()).isEqualTo(LyingS3.content(from, length));
  }

  /** Less than was promised, nothing else than was promised, and no end that looks like one. */
  private static void expectBroken(Fetch fetch, int from, int length, int status) {
    assertThat(fetch.status()).isIn(0, status);
    assertThat(fetch.whole()).isFalse();
    assertThat(fetch.promised()).isIn(-1L, (long) length);
    assertThat(fetch.bytes().length()).isLessThan(length);
    assertThat(fetch.bytes().getBytes()).isEqualTo(LyingS3.content(from, fetch.bytes().length()));
  }

  private static void expectRefused(Fetch fetch, int status) {
    assertThat(fetch.status()).isEqualTo(status);
    assertThat(fetch.whole()).isTrue();
    assertThat(fetch.retryAfter().isPresent()).isEqualTo(status == 503);
    assertThat(fetch.bytes().toJsonObject().getInteger("status")).isEqualTo(status);
  }

  private static void expectRecord(
      JsonObject record, Fetch fetch, End end, Lie lie, int length, boolean ranged) {
    fetch.requestId().ifPresent(id -> assertThat(record.getString("request")).isEqualTo(id));
    assertThat(record.getString("outcome"))
        .isEqualTo(end == End.WHOLE ? "complete" : "upstream-failed");
    assertThat(record.getInteger("status"))
        .isEqualTo(end.status() == 0 ? (ranged ? 206 : 200) : end.status());
    long sent = record.getLong("sent");
    switch (lie) {
      case SHORT_THEN_FIN, STALL_IN_BODY -> assertThat(sent).isEqualTo(length / 2);
      // What the kernel still held when the connection was reset is lost.
      case SHORT_THEN_RST -> assertThat(sent).isLessThanOrEqualTo(length / 2);
      default -> assertThat(sent).isEqualTo(end == End.WHOLE ? length : 0);
    }
    assertThat((long) fetch.bytes().length()).matches(got -> end.status() > 0 || got <= sent);
  }

  private static List<JsonObject> completions() {
    return lying.harness().audit().stream()
        .map(JsonObject::new)
        .filter(record -> record.getString("kind").equals("completion"))
        .toList();
  }

  @ParameterizedTest
  @EnumSource(
      value = Lie.class,
      names = {"BYTES_BEHIND_THE_END", "SHORT_THEN_FIN", "FORBIDDEN", "CHUNKED"})
  void neverReadsTheNextObjectOffATaintedConnection(Lie lie) {
    for (int i = 0; i < 20; i++) {
      Fetch tainted = fetch(lie, HttpVersion.HTTP_1_1, false);
      assertThat(tainted.status()).isNotEqualTo(500);
      expectWhole(fetch(Lie.NONE, HttpVersion.HTTP_1_1, true), FROM, LENGTH, 206);
    }
  }
}
