package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.delivery.ResumeSettings;
import io.keyveil.s3.LyingS3;
import io.keyveil.s3.LyingS3.Lie;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What S3 breaks off, the gateway finishes, unless it would be with another object's bytes. */
class ResumeIT {
  private static final int ATTEMPTS = 4;
  private static final int SIZE = 1 << 20;
  private static final int BOUNDARY = 64 << 10;
  private static final int RANDOM_CUTS = 8;
  private static final Part WHOLE = new Part(0, SIZE, 200);
  private static final Part RANGE = new Part(70_001, 900_000, 206);

  /** So many first questions are worth one repeated one. */
  private static final int PRICE = 10;

  @TempDir static Path folder;
  private static LyingGateway lying;
  private static String token = "";
  private static Map<HttpVersion, HttpClientAgent> clients = Map.of();

  /** What a client asks for, and the status of the answer. */
  private record Part(int from, int length, int status) {
    String range() {
      return "bytes=" + from + "-" + (from + length - 1);
    }

    @Override
    public String toString() {
      return status == 200 ? "whole" : "range";
    }
  }

  @BeforeAll
  static void start() {
    lying =
        LyingGateway.start(
            folder,
            SIZE,
            Duration.ofSeconds(1),
            Duration.ofSeconds(30),
            new ResumeSettings(ATTEMPTS, Duration.ofMillis(1), Duration.ofSeconds(1)));
    token = lying.harness().reader("alice");
    clients =
        Map.of(
            HttpVersion.HTTP_1_1, lying.harness().client(HttpVersion.HTTP_1_1),
            HttpVersion.HTTP_2, lying.harness().client(HttpVersion.HTTP_2));
  }

  @AfterAll
  static void stop() {
    lying.close();
  }

  private static Stream<Arguments> everyWay(List<?> scripts) {
    return scripts.stream()
        .flatMap(
            script ->
                Stream.of(HttpVersion.HTTP_1_1, HttpVersion.HTTP_2)
                    .flatMap(
                        version ->
                            Stream.of(WHOLE, RANGE)
                                .map(part -> Arguments.of(script, version, part))));
  }

  static Stream<Arguments> cuts() {
    return everyWay(List.of(Lie.SHORT_THEN_FIN, Lie.SHORT_THEN_RST));
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @MethodSource("cuts")
  void goesOnWhereverS3BreaksOff(Lie lie, HttpVersion version, Part part) {
    long seed = new Random().nextLong();
    System.out.println("ResumeIT: cuts with seed " + seed);
    LongStream boundaries = LongStream.iterate(0, at -> at < SIZE, at -> at + BOUNDARY);
    LongStream anywhere = new Random(seed).longs(RANDOM_CUTS, 0, SIZE);
    List<Fetch> fetches = new ArrayList<>();
    LongStream.concat(boundaries, anywhere)
        .filter(at -> at >= part.from() && at < part.from() + part.length())
        .forEach(at -> fetches.add(cut(lie, at, version, part)));
    assertThat(fetches).hasSizeGreaterThanOrEqualTo(13);
    expectRecords(fetches, "complete", part.status());
  }

  private static Fetch cut(Lie lie, long at, HttpVersion version, Part part) {
    earn(1, version);
    int before = lying.s3().gets();
    lying.s3().tellBreak(lie, at);
    Fetch fetch = fetch(version, part);
    assertThat(lying.s3().gets() - before).as("questions, cut at %s", at).isEqualTo(2);
    expectWhole(fetch, part);
    return fetch;
  }

  static Stream<Arguments> passingTroubles() {
    return everyWay(
        List.of(
            List.of(Lie.STALL_IN_BODY),
            List.of(Lie.STALL_AFTER_HEAD),
            List.of(Lie.HEAD_THEN_FIN),
            List.of(Lie.BUSY),
            List.of(Lie.BUSY, Lie.BUSY),
            List.of(Lie.TOO_MANY),
            List.of(Lie.NOTHING_THEN_FIN),
            List.of(Lie.NOTHING_THEN_RST),
            List.of(Lie.NOTHING_THEN_RST, Lie.SHORT_THEN_FIN, Lie.NOTHING_THEN_RST),
            List.of(Lie.SHORT_THEN_FIN, Lie.BUSY, Lie.BUSY),
            List.of(Lie.SHORT_THEN_RST, Lie.NOTHING_THEN_FIN),
            List.of(Lie.SHORT_THEN_FIN, Lie.SILENT),
            List.of(Lie.SHORT_THEN_FIN, Lie.OTHER_START),
            List.of(Lie.SHORT_THEN_FIN, Lie.OTHER_STATUS),
            List.of(Lie.SHORT_THEN_FIN, Lie.NO_CONTENT_RANGE),
            List.of(Lie.SHORT_THEN_FIN, Lie.SHORTER_LENGTH),
            List.of(Lie.SHORT_THEN_FIN, Lie.LONGER_LENGTH),
            List.of(Lie.SHORT_THEN_FIN, Lie.TWO_LENGTHS),
            List.of(Lie.SHORT_THEN_FIN, Lie.CHUNKED_WITH_LENGTH),
            List.of(Lie.SHORT_THEN_FIN, Lie.GARBAGE),
            Collections.nCopies(ATTEMPTS, Lie.SHORT_THEN_FIN)));
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @MethodSource("passingTroubles")
  void keepsPassingTroubleFromTheClient(List<Lie> script, HttpVersion version, Part part) {
    Fetch fetch = fetch(script, version, part, script.size() + 1);
    expectWhole(fetch, part);
    expectRecords(List.of(fetch), "complete", part.status());
  }

  static Stream<Arguments> lastingTroubles() {
    Stream<Lie> lasting =
        Stream.of(
            Lie.OTHER_TAG,
            Lie.WEAK_TAG,
            Lie.NO_TAG,
            Lie.OTHER_SIZE,
            Lie.PRECONDITION,
            Lie.UNSATISFIABLE,
            Lie.MISSING,
            Lie.FORBIDDEN,
            Lie.MOVED);
    Stream<Lie> repeated =
        Stream.of(Lie.OTHER_START, Lie.OTHER_STATUS, Lie.CHUNKED, Lie.BUSY, Lie.SHORTER_LENGTH);
    return everyWay(
        Stream.concat(
                lasting.map(lie -> List.of(Lie.SHORT_THEN_FIN, lie)),
                repeated.map(
                    lie ->
                        Stream.concat(
                                Stream.of(Lie.SHORT_THEN_FIN),
                                Collections.nCopies(ATTEMPTS, lie).stream())
                            .toList()))
            .toList());
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @MethodSource("lastingTroubles")
  void breaksVisiblyWhereTheRestCannotBeHad(List<Lie> script, HttpVersion version, Part part) {
    Fetch fetch = fetch(script, version, part, script.size());
    expectBroken(fetch, part);
    // Less if the connection to S3 ended while the client was waited for.
    assertThat(fetch.bytes().length()).isLessThanOrEqualTo(part.length() / 2);
    expectRecords(List.of(fetch), "upstream-failed", part.status());
    expectWhole(fetch(version, part), part);
  }

  static Stream<Arguments> ways() {
    return everyWay(List.of(""));
  }

  @ParameterizedTest(name = "{1} {2}")
  @MethodSource("ways")
  void givesUpOnABodyThatBreaksTimeAndAgain(String any, HttpVersion version, Part part) {
    List<Lie> script = Collections.nCopies(ATTEMPTS + 1, Lie.SHORT_THEN_FIN);
    Fetch fetch = fetch(script, version, part, ATTEMPTS + 1);
    expectBroken(fetch, part);
    expectRecords(List.of(fetch), "upstream-failed", part.status());
  }

  @ParameterizedTest(name = "{1} {2}")
  @MethodSource("ways")
  void saysBusyWhenS3StaysBusy(String any, HttpVersion version, Part part) {
    List<Lie> script = Collections.nCopies(ATTEMPTS + 1, Lie.BUSY);
    Fetch fetch = fetch(script, version, part, ATTEMPTS + 1);
    assertThat(fetch.status()).isEqualTo(503);
    assertThat(fetch.retryAfter()).isPresent();
    expectRecords(List.of(fetch), "upstream-failed", 503);
  }

  private static Fetch fetch(List<Lie> script, HttpVersion version, Part part, int questions) {
    earn(Math.min(ATTEMPTS, script.size()), version);
    int before = lying.s3().gets();
    lying.s3().tellInTurn(script);
    Fetch fetch = fetch(version, part);
    assertThat(lying.s3().gets() - before).as("questions").isEqualTo(questions);
    lying.s3().tell(Lie.NONE);
    return fetch;
  }

  /**
   * Good reads on the same connection, and so on the same event loop, pay for the repeated
   * questions that follow.
   */
  private static void earn(int questions, HttpVersion version) {
    lying.s3().tell(Lie.NONE);
    for (int i = 0; i < questions * PRICE; i++) {
      assertThat(
              lying
                  .harness()
                  .send(
                      client(version),
                      HttpMethod.GET,
                      "/files/" + lying.id(),
                      Optional.of(token),
                      Buffer.buffer(),
                      "Range",
                      "bytes=0-0")
                  .status())
          .isEqualTo(206);
    }
  }

  private static HttpClientAgent client(HttpVersion version) {
    return Optional.ofNullable(clients.get(version)).orElseThrow();
  }

  private static Fetch fetch(HttpVersion version, Part part) {
    return part.status() == 206
        ? Fetch.of(lying.harness(), client(version), lying.id(), "Range", part.range())
        : Fetch.of(lying.harness(), client(version), lying.id());
  }

  private static void expectWhole(Fetch fetch, Part part) {
    assertThat(fetch.status()).isEqualTo(part.status());
    assertThat(fetch.promised()).isEqualTo(part.length());
    assertThat(fetch.whole()).isTrue();
    assertThat(fetch.bytes().getBytes()).isEqualTo(LyingS3.content(part.from(), part.length()));
  }

  /** Less than was promised, nothing else than was promised, and no end that looks like one. */
  private static void expectBroken(Fetch fetch, Part part) {
    assertThat(fetch.status()).isEqualTo(part.status());
    assertThat(fetch.whole()).isFalse();
    assertThat(fetch.bytes().length()).isLessThan(part.length());
    assertThat(fetch.bytes().getBytes())
        .isEqualTo(LyingS3.content(part.from(), fetch.bytes().length()));
  }

  /** Each download has one record of its end, which says what the client saw. */
  private static void expectRecords(List<Fetch> fetches, String outcome, int status) {
    Wait.until("the records", () -> completions(fetches).size() >= fetches.size());
    Map<String, JsonObject> records = completions(fetches);
    for (Fetch fetch : fetches) {
      JsonObject record =
          Optional.ofNullable(records.get(fetch.requestId().orElseThrow())).orElseThrow();
      assertThat(record.getString("outcome")).isEqualTo(outcome);
      assertThat(record.getInteger("status")).isEqualTo(status);
      if (outcome.equals("complete")) {
        assertThat(record.getLong("sent")).isEqualTo(fetch.promised());
      } else if (status < 300) {
        assertThat(record.getLong("sent")).isBetween((long) fetch.bytes().length(), (long) SIZE);
      }
    }
  }

  /** By request; two records of one request fail. */
  private static Map<String, JsonObject> completions(List<Fetch> fetches) {
    Set<String> requests =
        fetches.stream().flatMap(fetch -> fetch.requestId().stream()).collect(Collectors.toSet());
    return lying.harness().audit().stream()
        .filter(line -> line.contains("\"completion\""))
        .map(JsonObject::new)
        .filter(record -> record.getString("kind").equals("completion"))
        .filter(record -> requests.contains(record.getString("request")))
        .collect(Collectors.toMap(record -> record.getString("request"), Function.identity()));
  }
}
