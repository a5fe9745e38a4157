package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.access.AccessRules;
import io.keyveil.access.TokenMint;
import io.keyveil.app.GatewayHarness.Answer;
import io.keyveil.config.KeyveilSettings;
import io.keyveil.delivery.DataSize;
import io.keyveil.delivery.DeliverySettings;
import io.keyveil.delivery.OffloadSettings;
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
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Thousands of random requests against a model that is written from RFC 9110 and the status table,
 * not from the code. The model never reads a field: it is told what the generator meant by it.
 */
class ModelIT {
  /** Connections, half of them HTTP/1.1 and half HTTP/2, and requests on each. */
  private static final int LANES = 6;

  private static final int REQUESTS = 2_000;

  private static final Duration LONGEST = Duration.ofMinutes(3);
  private static final int REDIRECT_ABOVE = 65_536;
  private static final int[] SIZES = {0, 1, 100, REDIRECT_ABOVE, 300_000};
  private static final String OTHER = "\"some-other-tag\"";

  /** IMF-fixdate, by the JDK rather than by the code under test. */
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT);

  /** Names, and what RFC 6266 and RFC 8187 make of them. */
  private static final List<Name> NAMES =
      List.of(
          new Name("scan.bin", "attachment; filename=\"scan.bin\""),
          new Name(
              "Bericht f\u00fcr M\u00fcller.pdf",
              "attachment; filename=\"Bericht f_r M_ller.pdf\";"
                  + " filename*=UTF-8''Bericht%20f%C3%BCr%20M%C3%BCller.pdf"),
          new Name(
              "say \"hi\" 100%.txt",
              "attachment; filename=\"say _hi_ 100_.txt\";"
                  + " filename*=UTF-8''say%20%22hi%22%20100%25.txt"),
          new Name(
              "\u65e5\u672c\u8a9e.txt",
              "attachment; filename=\"___.txt\";"
                  + " filename*=UTF-8''%E6%97%A5%E6%9C%AC%E8%AA%9E.txt"),
          new Name(
              "\ud83d\ude00;=,'.bin",
              "attachment; filename=\"_;=,'.bin\"; filename*=UTF-8''%F0%9F%98%80%3B%3D%2C%27.bin"));

  @TempDir static Path folder;
  private static final List<Known> FILES = new ArrayList<>();
  private static GatewayHarness gateway;
  private static HttpClientAgent plain;

  private final long seed = Long.getLong("keyveil.seed", new Random().nextLong());
  private final Map<Integer, Integer> counts = new TreeMap<>();

  /** Of each method, the one answer to all that is not there for whoever asks. */
  private final Map<HttpMethod, Answer> nothing = new ConcurrentHashMap<>();

  private record Name(String text, String disposition) {}

  /** A file as the model knows it. */
  private record Known(
      String id,
      Buffer content,
      String tag,
      Instant modified,
      boolean opaque,
      String delivery,
      String disposition,
      boolean there) {
    int size() {
      return content.length();
    }
  }

  private enum Who {
    OWNER,
    FOREIGN,
    NOBODY,
    FORGER,
    /** The owner, with a token that has ended. */
    LATE,
    /** The owner, with a token for something else. */
    SCOPELESS,
    /** The owner, with a token for somebody else's gateway. */
    ELSEWHERE,
    /** The owner, with a token in the cookie as well. */
    TWICE
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
      if (who == Who.TWICE) {
        fields.put("Cookie", "kv-token=a.b.c");
      }
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
              + file.opaque()
              + ", there="
              + file.there(),
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
        FILES.add(known(named(bytes, policy, Optional.empty()), bytes, true));
        FILES.add(known(opaque(bytes, policy, Optional.empty()), bytes, true));
      }
    }
    byte[] bytes = new byte[REDIRECT_ABOVE];
    Optional<Instant> past = Optional.of(Instant.now().minusSeconds(1));
    for (DeliveryPolicy policy : DeliveryPolicy.values()) {
      Known ended = known(named(bytes, policy, Optional.empty()), bytes, false);
      assertThat(gateway.revoke(ended.id()).status()).isLessThan(300);
      FILES.add(ended);
      FILES.add(alike(ended, opaque(bytes, policy, past).id().text()));
      FILES.add(alike(ended, named(bytes, policy, past).id().text()));
      FILES.add(alike(ended, "AAAAAAAAAAAAAAAAAAAAA" + policy.word().charAt(0)));
      FILES.add(alike(ended, "no-id-" + policy.word()));
    }
  }

  /** Nothing to download, whatever is asked about it. */
  private static Known alike(Known other, String id) {
    return new Known(
        id,
        other.content(),
        other.tag(),
        other.modified(),
        other.opaque(),
        other.delivery(),
        other.disposition(),
        false);
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
            defaults.resume(),
            OffloadSettings.DEFAULTS));
  }

  private static FileRecord named(byte[] bytes, DeliveryPolicy policy, Optional<Instant> end) {
    String key = "named/" + FILES.size() + end.isPresent();
    gateway.s3().put(GatewayHarness.BUCKET, key, bytes);
    return gateway
        .gateway()
        .registry()
        .register(wish(GatewayHarness.BUCKET, key, policy, end))
        .await()
        .match(
            file -> file,
            file -> file,
            problems -> {
              throw new AssertionError(problems);
            });
  }

  private static FileRecord opaque(byte[] bytes, DeliveryPolicy policy, Optional<Instant> end)
      throws IOException {
    Path source = Files.write(folder.resolve("source"), bytes);
    return new OpaqueFiles(
            gateway.gateway().registry(),
            gateway.gateway().s3().control(),
            gateway.gateway().s3().uploads(new SecureRandom()))
        .add(
            source,
            wish(GatewayHarness.OPAQUE_BUCKET, "counts for nothing", policy, end),
            sent -> {});
  }

  private static Registration wish(
      String bucket, String key, DeliveryPolicy policy, Optional<Instant> end) {
    return new Registration(
        new ObjectKey(bucket, key, Optional.empty()),
        NAMES.get(FILES.size() % NAMES.size()).text(),
        "application/octet-stream",
        Disposition.ATTACHMENT,
        policy,
        false,
        AccessRules.parseAllow(List.of("subject=alice")),
        end);
  }

  /** The validators are learnt from the outside. */
  private static Known known(FileRecord file, byte[] bytes, boolean there) {
    String id = file.id().text();
    Answer head =
        gateway.send(
            HttpMethod.HEAD, "/files/" + id, Optional.of(gateway.reader("alice")), Buffer.buffer());
    Instant modified =
        ZonedDateTime.parse(
                head.header("last-modified").orElseThrow(), DateTimeFormatter.RFC_1123_DATE_TIME)
            .toInstant();
    return new Known(
        id,
        Buffer.buffer(bytes),
        head.header("etag").orElseThrow(),
        modified,
        file.opaque(),
        file.delivery().word(),
        NAMES.get(FILES.size() % NAMES.size()).disposition(),
        there);
  }

  @Test
  void answersWhatTheModelSays() throws Exception {
    System.out.println("ModelIT: seed " + seed + " (repeat with -Dkeyveil.seed)");
    Map<Who, Optional<String>> tokens = tokens();
    List<Lane> lanes = new ArrayList<>();
    for (int n = 0; n < LANES; n++) {
      lanes.add(new Lane(n, tokens));
    }
    ExecutorService threads = Executors.newFixedThreadPool(LANES);
    try {
      for (var lane : threads.invokeAll(lanes, LONGEST.toSeconds(), TimeUnit.SECONDS)) {
        assertThat(lane.isCancelled()).as("hung").isFalse();
        assertThat(lane.get()).isEqualTo(REQUESTS);
      }
    } finally {
      threads.shutdownNow();
    }
    System.out.println("ModelIT: answers by status " + counts);
    assertThat(counts.keySet()).containsExactly(200, 206, 302, 304, 400, 401, 403, 404, 412, 416);
  }

  private static Map<Who, Optional<String>> tokens() {
    return Map.of(
        Who.OWNER, Optional.of(gateway.reader("alice")),
        Who.FOREIGN, Optional.of(gateway.reader("bob")),
        Who.NOBODY, Optional.empty(),
        Who.FORGER, Optional.of(forged(gateway.reader("alice"))),
        Who.LATE, Optional.of(late()),
        Who.SCOPELESS, Optional.of(gateway.token("alice", Set.of("files:write"), Map.of())),
        Who.ELSEWHERE, Optional.of(minted(InstantSource.system(), "another-gateway")),
        Who.TWICE, Optional.of(gateway.reader("alice")));
  }

  private static String late() {
    return minted(
        InstantSource.fixed(Instant.now().minus(Duration.ofHours(1))), GatewayHarness.AUDIENCE);
  }

  private static String minted(InstantSource clock, String audience) {
    return TokenMint.of(gateway.issuer().privatePem(), Optional.empty(), clock, new SecureRandom())
        .mint(
            new TokenMint.Grant(
                GatewayHarness.ISSUER,
                audience,
                "alice",
                Set.of("files:read"),
                Map.of(),
                Duration.ofMinutes(10)));
  }

  private synchronized void count(int status) {
    var unused = counts.merge(status, 1, Integer::sum);
  }

  /** One client on one connection, and chance of its own. */
  private final class Lane implements Callable<Integer> {
    private final Map<Who, Optional<String>> tokens;
    private final Generator generator;
    private final HttpClientAgent client;
    private final String name;

    Lane(int number, Map<Who, Optional<String>> tokens) {
      HttpVersion version = number % 2 == 0 ? HttpVersion.HTTP_1_1 : HttpVersion.HTTP_2;
      this.tokens = tokens;
      this.generator = new Generator(new Random(seed + number), version);
      this.client = gateway.client(version);
      this.name = "seed " + seed + ", lane " + number;
    }

    @Override
    public Integer call() {
      for (int i = 0; i < REQUESTS; i++) {
        Ask ask = generator.ask();
        Expected expected = expected(ask);
        Answer answer =
            gateway.send(
                client,
                ask.method(),
                ask.path(),
                Optional.ofNullable(tokens.get(ask.who())).orElseThrow(),
                Buffer.buffer(),
                ask.fields());
        String what = name + ", request " + i + ": " + ask.told();
        compare(what, ask, expected, answer);
        if (expected.status() == 404) {
          expectNothing(what, ask.method(), answer);
        }
        count(expected.status());
      }
      return REQUESTS;
    }
  }

  /** Whether it is unknown, foreign, revoked or expired: the same bytes and the same fields. */
  private void expectNothing(String what, HttpMethod method, Answer answer) {
    Map<String, List<String>> fields = new TreeMap<>(answer.headers());
    assertThat(fields.remove("x-request-id")).as(what).isNotNull();
    Answer plain = new Answer(404, fields, answer.body());
    Answer first = nothing.putIfAbsent(method, plain);
    assertThat(plain).as(what).isEqualTo(first == null ? plain : first);
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
      case TWICE -> new Expected(400, 0, 0);
      case NOBODY, FORGER, LATE, ELSEWHERE -> new Expected(401, 0, 0);
      case SCOPELESS -> new Expected(403, 0, 0);
      case FOREIGN -> new Expected(404, 0, 0);
      case OWNER ->
          ask.file().there()
              ? precondition(ask).orElseGet(() -> delivered(ask, whole))
              : new Expected(404, 0, 0);
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
        assertThat(answer.header("content-disposition")).as(what).contains(file.disposition());
        assertThat(answer.header("content-type")).as(what).contains("application/octet-stream");
        assertThat(answer.header("repr-digest")).as(what).isEqualTo(digest(file));
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
        .isEqualTo(List.of(400, 401, 403).contains(expected.status()));
    assertThat(answer.header("cache-control")).as(what).contains("private, no-store");
  }

  /** Known of what Keyveil uploaded; this S3 keeps none. */
  private static Optional<String> digest(Known file) {
    if (!file.opaque()) {
      return Optional.empty();
    }
    try {
      byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(file.content().getBytes());
      return Optional.of("sha-256=:" + Base64.getEncoder().encodeToString(sha256) + ":");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
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

  /** Makes up requests, and knows what it means by them. */
  private static final class Generator {
    private final Random random;
    private final HttpVersion version;

    Generator(Random random, HttpVersion version) {
      this.random = random;
      this.version = version;
    }

    Ask ask() {
      Known file = oneOf(FILES);
      return new Ask(
          file,
          random.nextInt(4) == 0 ? HttpMethod.HEAD : HttpMethod.GET,
          version,
          random.nextInt(5) == 0 ? oneOf(List.of(Who.values())) : Who.OWNER,
          random.nextBoolean(),
          range(file.size()),
          seldom() ? tags(file, true) : Condition.NONE,
          seldom() ? since(file, false) : Condition.NONE,
          seldom() ? tags(file, false) : Condition.NONE,
          seldom() ? since(file, true) : Condition.NONE,
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
    private Condition since(Known file, boolean modifiedSince) {
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

  private static String date(Instant time) {
    return DATE.format(time.atOffset(ZoneOffset.UTC));
  }
}
