package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.access.AccessRules;
import io.keyveil.app.GatewayHarness.Answer;
import io.keyveil.config.KeyveilSettings;
import io.keyveil.delivery.DataSize;
import io.keyveil.delivery.DeliverySettings;
import io.keyveil.file.DeliveryPolicy;
import io.keyveil.file.Disposition;
import io.keyveil.file.FileRecord;
import io.keyveil.file.ObjectKey;
import io.keyveil.file.Registration;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Thousands of random requests against a model that is written from RFC 9110 and the status table,
 * not from the code. The model never reads a field: it is told what the generator meant by it.
 */
class ModelIT {
  private static final int REQUESTS = 3_000;
  private static final int REDIRECT_ABOVE = 65_536;
  private static final int[] SIZES = {0, 1, 100, REDIRECT_ABOVE, 300_000};
  private static final String OTHER = "\"some-other-tag\"";

  /** IMF-fixdate, by the JDK rather than by the code under test. */
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT);

  @TempDir static Path folder;
  private static final List<Known> FILES = new ArrayList<>();
  private static GatewayHarness gateway;
  private static HttpClientAgent plain;

  private final long seed = Long.getLong("keyveil.seed", new Random().nextLong());
  private final Random random = new Random(seed);

  /** A file as the model knows it. */
  private record Known(
      String id, Buffer content, String tag, Instant modified, boolean opaque, String delivery) {
    int size() {
      return content.length();
    }
  }

  private enum Who {
    OWNER,
    FOREIGN,
    NOBODY,
    FORGER
  }

  private enum Form {
    /** No field. */
    ABSENT,
    /** A field that counts for nothing. */
    IGNORED,
    FROM_TO,
    OPEN,
    SUFFIX
  }

  /** A {@code Range} field and what it means. */
  private record Range(Form form, long first, long last, String text) {}

  /** A precondition: whether it counts, and if so, whether the file agrees with it. */
  private record Condition(boolean counts, boolean agrees, Optional<String> text) {
    static final Condition NONE = new Condition(false, false, Optional.empty());
  }

  private record Ask(
      Known file,
      HttpMethod method,
      HttpVersion version,
      Who who,
      boolean redirectWelcome,
      Range range,
      Condition ifMatch,
      Condition ifUnmodifiedSince,
      Condition ifNoneMatch,
      Condition ifModifiedSince,
      Condition ifRange) {

    String path() {
      return "/files/" + file.id() + (redirectWelcome ? "?delivery=redirect" : "");
    }

    String[] fields() {
      Map<String, String> fields = new TreeMap<>();
      if (range.form() != Form.ABSENT) {
        fields.put("Range", range.text());
      }
      ifMatch.text().ifPresent(text -> fields.put("If-Match", text));
      ifUnmodifiedSince.text().ifPresent(text -> fields.put("If-Unmodified-Since", text));
      ifNoneMatch.text().ifPresent(text -> fields.put("If-None-Match", text));
      ifModifiedSince.text().ifPresent(text -> fields.put("If-Modified-Since", text));
      ifRange.text().ifPresent(text -> fields.put("If-Range", text));
      return fields.entrySet().stream()
          .flatMap(field -> List.of(field.getKey(), field.getValue()).stream())
          .toArray(String[]::new);
    }

    String told() {
      return String.join(
          " ",
          method
              + " "
              + version
              + " "
              + who
              + " "
              + file.size()
              + " bytes, opaque="
              + file.opaque(),
          file.delivery(),
          path(),
          String.join(" | ", fields()));
    }
  }

  /** What has to be answered; the part counts for 206. */
  private record Expected(int status, int from, int length) {}

  @BeforeAll
  static void start() throws IOException {
    gateway = GatewayHarness.start(folder, ModelIT::redirectingSooner);
    plain = gateway.vertx().createHttpClient();
    Random content = new Random(11);
    for (int size : SIZES) {
      for (DeliveryPolicy policy : DeliveryPolicy.values()) {
        byte[] bytes = new byte[size];
        content.nextBytes(bytes);
        FILES.add(named(bytes, policy.word()));
        FILES.add(opaque(bytes, policy));
      }
    }
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static KeyveilSettings redirectingSooner(KeyveilSettings settings) {
    DeliverySettings defaults = settings.delivery();
    return LyingGateway.with(
        settings,
        settings.s3(),
        new DeliverySettings(
            defaults.policy(),
            DataSize.kibibytes(REDIRECT_ABOVE >> 10),
            defaults.presignedFor(),
            defaults.readScope(),
            defaults.firstByteTimeout(),
            defaults.stallTimeout(),
            defaults.inlineTypes(),
            defaults.integrity(),
            defaults.resume()));
  }

  private static Known named(byte[] bytes, String delivery) {
    String id = gateway.file("named/" + FILES.size(), bytes, "alice", delivery);
    return known(id, bytes, false, delivery);
  }

  private static Known opaque(byte[] bytes, DeliveryPolicy policy) throws IOException {
    Path source = Files.write(folder.resolve("source"), bytes);
    Registration wish =
        new Registration(
            new ObjectKey(GatewayHarness.OPAQUE_BUCKET, "counts for nothing", Optional.empty()),
            "scan.bin",
            "application/octet-stream",
            Disposition.ATTACHMENT,
            policy,
            false,
            AccessRules.parseAllow(List.of("subject=alice")),
            Optional.empty());
    FileRecord file =
        new OpaqueFiles(
                gateway.gateway().registry(),
                gateway.gateway().s3().control(),
                gateway.gateway().s3().uploads(new SecureRandom()))
            .add(source, wish, sent -> {});
    return known(file.id().toString(), bytes, true, policy.word());
  }

  /** The validators are learnt from the outside. */
  private static Known known(String id, byte[] bytes, boolean opaque, String delivery) {
    Answer head =
        gateway.send(
            HttpMethod.HEAD, "/files/" + id, Optional.of(gateway.reader("alice")), Buffer.buffer());
    Instant modified =
        ZonedDateTime.parse(
                head.header("last-modified").orElseThrow(), DateTimeFormatter.RFC_1123_DATE_TIME)
            .toInstant();
    return new Known(
        id, Buffer.buffer(bytes), head.header("etag").orElseThrow(), modified, opaque, delivery);
  }

  @Test
  void answersWhatTheModelSays() {
    System.out.println("ModelIT: seed " + seed + " (repeat with -Dkeyveil.seed)");
    Map<HttpVersion, HttpClientAgent> clients =
        Map.of(
            HttpVersion.HTTP_1_1, gateway.client(HttpVersion.HTTP_1_1),
            HttpVersion.HTTP_2, gateway.client(HttpVersion.HTTP_2));
    Map<Who, Optional<String>> tokens =
        Map.of(
            Who.OWNER, Optional.of(gateway.reader("alice")),
            Who.FOREIGN, Optional.of(gateway.reader("bob")),
            Who.NOBODY, Optional.empty(),
            Who.FORGER, Optional.of(forged(gateway.reader("alice"))));
    Map<Integer, Integer> counts = new TreeMap<>();
    for (int i = 0; i < REQUESTS; i++) {
      Ask ask = ask();
      Expected expected = expected(ask);
      Answer answer =
          gateway.send(
              Optional.ofNullable(clients.get(ask.version())).orElseThrow(),
              ask.method(),
              ask.path(),
              Optional.ofNullable(tokens.get(ask.who())).orElseThrow(),
              Buffer.buffer(),
              ask.fields());
      compare("seed " + seed + ", request " + i + ": " + ask.told(), ask, expected, answer);
      var unused = counts.merge(expected.status(), 1, Integer::sum);
    }
    System.out.println("ModelIT: answers by status " + counts);
    assertThat(counts.keySet()).containsExactly(200, 206, 302, 304, 401, 404, 412, 416);
  }

  /** The same token with the signature's first character changed. */
  private static String forged(String token) {
    int at = token.lastIndexOf('.') + 1;
    char other = token.charAt(at) == 'A' ? 'B' : 'A';
    return token.substring(0, at) + other + token.substring(at + 1);
  }

  // The model.

  private static Expected expected(Ask ask) {
    int whole = ask.file().size();
    return switch (ask.who()) {
      case NOBODY, FORGER -> new Expected(401, 0, 0);
      case FOREIGN -> new Expected(404, 0, 0);
      case OWNER -> precondition(ask).orElseGet(() -> delivered(ask, whole));
    };
  }

  /** RFC 9110 section 13.2.2, steps 1 to 4. */
  private static Optional<Expected> precondition(Ask ask) {
    Condition first = ask.ifMatch().counts() ? ask.ifMatch() : ask.ifUnmodifiedSince();
    if (first.counts() && !first.agrees()) {
      return Optional.of(new Expected(412, 0, 0));
    }
    Condition second = ask.ifNoneMatch().counts() ? ask.ifNoneMatch() : ask.ifModifiedSince();
    return second.counts() && !second.agrees()
        ? Optional.of(new Expected(304, 0, 0))
        : Optional.empty();
  }

  private static Expected delivered(Ask ask, int size) {
    if (ask.method().equals(HttpMethod.HEAD)) {
      return new Expected(200, 0, size);
    }
    boolean stale = ask.ifRange().counts() && !ask.ifRange().agrees();
    boolean ranged = ask.range().form() != Form.ABSENT && ask.range().form() != Form.IGNORED;
    if (ranged && !stale && !satisfiable(ask.range(), size)) {
      return new Expected(416, 0, 0);
    }
    if (redirects(ask) && !stale) {
      return new Expected(302, 0, 0);
    }
    return ranged && !stale ? part(ask.range(), size) : new Expected(200, 0, size);
  }

  private static boolean redirects(Ask ask) {
    Known file = ask.file();
    return file.opaque()
        && switch (file.delivery()) {
          case "redirect" -> true;
          case "auto" -> ask.redirectWelcome() && file.size() >= REDIRECT_ABOVE;
          default -> false;
        };
  }

  private static boolean satisfiable(Range range, int size) {
    return range.form() == Form.SUFFIX ? range.last() > 0 && size > 0 : range.first() < size;
  }

  private static Expected part(Range range, int size) {
    long first = range.form() == Form.SUFFIX ? Math.max(0, size - range.last()) : range.first();
    long last = range.form() == Form.FROM_TO ? Math.min(range.last(), size - 1L) : size - 1L;
    return new Expected(206, (int) first, (int) (last - first + 1));
  }

  // The comparison.

  private static void compare(String what, Ask ask, Expected expected, Answer answer) {
    assertThat(answer.status()).as(what).isEqualTo(expected.status());
    boolean head = ask.method().equals(HttpMethod.HEAD);
    Known file = ask.file();
    switch (expected.status()) {
      case 200, 206 -> {
        Buffer bytes =
            file.content().getBuffer(expected.from(), expected.from() + expected.length());
        assertThat(answer.body()).as(what).isEqualTo(head ? Buffer.buffer() : bytes);
        assertThat(answer.header("content-length")).as(what).contains("" + expected.length());
        validators(what, file, answer);
      }
      case 302 -> redirected(what, file, answer);
      case 304 -> {
        assertThat(answer.body().length()).as(what).isZero();
        validators(what, file, answer);
      }
      default -> problem(what, head, expected.status(), answer);
    }
    assertThat(answer.header("content-range")).as(what).isEqualTo(contentRange(file, expected));
    assertThat(answer.header("location").isPresent()).as(what).isEqualTo(expected.status() == 302);
    assertThat(answer.header("www-authenticate").isPresent())
        .as(what)
        .isEqualTo(expected.status() == 401);
    assertThat(answer.header("cache-control")).as(what).contains("private, no-store");
  }

  private static Optional<String> contentRange(Known file, Expected expected) {
    return switch (expected.status()) {
      case 206 -> {
        int last = expected.from() + expected.length() - 1;
        yield Optional.of("bytes " + expected.from() + "-" + last + "/" + file.size());
      }
      case 416 -> Optional.of("bytes */" + file.size());
      default -> Optional.empty();
    };
  }

  private static void validators(String what, Known file, Answer answer) {
    assertThat(answer.header("etag")).as(what).contains(file.tag());
    assertThat(answer.header("last-modified")).as(what).contains(date(file.modified()));
    assertThat(answer.header("accept-ranges")).as(what).contains("bytes");
  }

  /** To S3, which gives the same bytes to whoever follows. */
  private static void redirected(String what, Known file, Answer answer) {
    String location = answer.header("location").orElseThrow();
    assertThat(location).as(what).contains("/" + GatewayHarness.OPAQUE_BUCKET + "/");
    assertThat(answer.body().length()).as(what).isZero();
    Buffer followed =
        plain
            .request(new RequestOptions().setMethod(HttpMethod.GET).setAbsoluteURI(location))
            .compose(request -> request.send().compose(response -> response.body()))
            .await();
    assertThat(followed).as(what).isEqualTo(file.content());
  }

  private static void problem(String what, boolean head, int status, Answer answer) {
    assertThat(answer.header("content-type")).as(what).contains("application/problem+json");
    if (head) {
      assertThat(answer.body().length()).as(what).isZero();
    } else {
      assertThat(answer.body().toJsonObject().getInteger("status")).as(what).isEqualTo(status);
    }
  }

  // The generator.

  private Ask ask() {
    Known file = oneOf(FILES);
    return new Ask(
        file,
        random.nextInt(4) == 0 ? HttpMethod.HEAD : HttpMethod.GET,
        random.nextBoolean() ? HttpVersion.HTTP_1_1 : HttpVersion.HTTP_2,
        random.nextInt(5) == 0 ? oneOf(List.of(Who.values())) : Who.OWNER,
        random.nextBoolean(),
        range(file.size()),
        seldom() ? tags(file, true) : Condition.NONE,
        seldom() ? date(file, false) : Condition.NONE,
        seldom() ? tags(file, false) : Condition.NONE,
        seldom() ? date(file, true) : Condition.NONE,
        random.nextInt(3) == 0 ? ifRange(file) : Condition.NONE);
  }

  private boolean seldom() {
    return random.nextInt(6) == 0;
  }

  private <T> T oneOf(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  private Range range(int size) {
    String unit = oneOf(List.of("bytes=", "bytes=", "BYTES="));
    long first = offset(size);
    long last = offset(size);
    return switch (oneOf(List.of(Form.values()))) {
      case ABSENT -> new Range(Form.ABSENT, 0, 0, "");
      case IGNORED -> new Range(Form.IGNORED, 0, 0, oneOf(NO_RANGES));
      case FROM_TO -> {
        long from = Math.min(first, last);
        long to = Math.max(first, last);
        yield new Range(Form.FROM_TO, from, to, unit + from + "-" + to);
      }
      case OPEN -> new Range(Form.OPEN, first, 0, unit + first + "-");
      case SUFFIX -> new Range(Form.SUFFIX, 0, last, unit + "-" + last);
    };
  }

  private static final List<String> NO_RANGES =
      List.of(
          "bytes=",
          "bytes=-",
          "bytes=--1",
          "bytes=a-b",
          "bytes=0x0-0x5",
          "bytes=5-2",
          "bytes=0-1x",
          "bytes 0-1",
          "bytes=0-0,1-1",
          "bytes=0-0,-1",
          "bytes=-1,-1",
          "lines=0-1",
          "0-5",
          "none");

  private long offset(int size) {
    return oneOf(
        List.of(
            0L,
            1L,
            Math.max(0L, size - 1L),
            (long) size,
            size + 1L,
            (long) random.nextInt(size + 10),
            (long) random.nextInt(size + 10),
            1_000_000_000_000_000L));
  }

  /** For If-Match, a strong match agrees; for If-None-Match, a weak one disagrees. */
  private Condition tags(Known file, boolean match) {
    String tag = file.tag();
    return switch (random.nextInt(7)) {
      case 0 -> new Condition(true, match, Optional.of("*"));
      case 1 -> new Condition(true, match, Optional.of(tag));
      case 2 -> new Condition(true, match, Optional.of(OTHER + ", " + tag));
      case 3 -> new Condition(true, false, Optional.of("W/" + tag));
      case 4 -> new Condition(true, false, Optional.of(OTHER + ",W/" + tag));
      case 5 -> new Condition(true, !match, Optional.of(OTHER + ", W/\"x\""));
      // Malformed, and so a list that has nothing of the file.
      default -> new Condition(true, !match, Optional.of(tag.replace("\"", "")));
    };
  }

  /**
   * For If-Unmodified-Since, the file's time and later ones agree; for If-Modified-Since, earlier
   * ones do.
   */
  private Condition date(Known file, boolean modifiedSince) {
    Instant time = file.modified();
    return switch (random.nextInt(4)) {
      case 0 -> new Condition(true, !modifiedSince, Optional.of(date(time)));
      case 1 ->
          new Condition(true, !modifiedSince, Optional.of(date(time.plus(Duration.ofDays(3)))));
      case 2 -> new Condition(true, modifiedSince, Optional.of(date(time.minusSeconds(1))));
      default -> new Condition(false, false, Optional.of("the day before yesterday"));
    };
  }

  private Condition ifRange(Known file) {
    return switch (random.nextInt(5)) {
      case 0, 1 -> new Condition(true, true, Optional.of(file.tag()));
      case 2 -> new Condition(true, false, Optional.of("W/" + file.tag()));
      case 3 -> new Condition(true, false, Optional.of(OTHER));
      default -> new Condition(true, false, Optional.of(date(file.modified())));
    };
  }

  private static String date(Instant time) {
    return DATE.format(time.atOffset(ZoneOffset.UTC));
  }
}
