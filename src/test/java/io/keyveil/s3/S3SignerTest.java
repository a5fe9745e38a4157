package io.keyveil.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.file.ObjectKey;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.s3.presigner.model.PresignedGetObjectRequest;

/** Our signatures beside those of the SDK's presigner, over random requests. */
final class S3SignerTest {
  private static final Vertx VERTX = Vertx.vertx();
  private static final int ROUNDS = 3000;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  @AfterAll
  static void stop() {
    VERTX.close().await();
  }

  @Test
  void signsWhatThePresignerOfTheSdkSigns() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      Wish wish = Wish.random(random);
      PresignedGetObjectRequest theirs = presigned(wish);
      Instant then =
          TIME.parse(
              theirs.httpRequest().firstMatchingRawQueryParameter("X-Amz-Date").orElseThrow(),
              Instant::from);
      URI ours = URI.create(signed(wish, then));
      assertThat(parts(ours))
          .as("seed %d, round %d", seed, round)
          .isEqualTo(parts(theirs.httpRequest()));
    }
  }

  @Test
  void derivesANewKeyForANewDayAndForOtherCredentials() {
    Wish wish = Wish.random(new Random(1));
    S3Signer signer = signer(wish, Instant.parse("2026-03-01T23:59:59Z"));
    String first = signer.get(wish.location(), wish.life(), Map.of()).await().reveal();
    assertThat(first).contains("%2F20260301%2F");
    SigningDay day = SigningDay.of(wish.credentials(), "20260301", "eu-west-1");
    assertThat(day.serves(wish.credentials(), "20260301")).isTrue();
    assertThat(day.serves(wish.credentials(), "20260302")).isFalse();
    assertThat(day.serves(AwsBasicCredentials.create("AKIA", "other"), "20260301")).isFalse();
    assertThat(day).hasToString("SigningDay[***]");
  }

  /** Everything that makes up a URL; the order of its parameters is nobody's concern. */
  private static Map<String, String> parts(URI url) {
    Map<String, String> parts = new TreeMap<>();
    for (String pair : url.getRawQuery().split("&", -1)) {
      String[] sides = pair.split("=", 2);
      parts.put(sides[0], sides[1]);
    }
    parts.put("(host)", url.getRawAuthority());
    parts.put("(path)", url.getRawPath());
    return parts;
  }

  private static Map<String, String> parts(SdkHttpRequest request) {
    return parts(
        URI.create(
            request.protocol()
                + "://"
                + request.firstMatchingHeader("Host").orElseThrow()
                + request.encodedPath()
                + "?"
                + request.encodedQueryParameters().orElseThrow()));
  }

  private static PresignedGetObjectRequest presigned(Wish wish) {
    GetObjectRequest.Builder get =
        GetObjectRequest.builder()
            .bucket(wish.location().bucket())
            .key(wish.location().key())
            .overrideConfiguration(
                raw ->
                    wish.parameters().entrySet().stream()
                        .filter(one -> one.getKey().startsWith("x-"))
                        .forEach(one -> raw.putRawQueryParameter(one.getKey(), one.getValue())));
    wish.location().version().ifPresent(get::versionId);
    Optional.ofNullable(wish.parameters().get("response-content-disposition"))
        .ifPresent(get::responseContentDisposition);
    Optional.ofNullable(wish.parameters().get("response-content-type"))
        .ifPresent(get::responseContentType);
    try (S3Presigner presigner =
        S3Presigner.builder()
            .region(Region.EU_WEST_1)
            .endpointOverride(wish.endpoint().orElse(null))
            .credentialsProvider(StaticCredentialsProvider.create(wish.credentials()))
            .serviceConfiguration(
                S3Configuration.builder().pathStyleAccessEnabled(wish.pathStyle()).build())
            .build()) {
      return presigner.presignGetObject(
          presign -> presign.signatureDuration(wish.life()).getObjectRequest(get.build()));
    }
  }

  private static String signed(Wish wish, Instant then) {
    return signer(wish, then).get(wish.location(), wish.life(), wish.parameters()).await().reveal();
  }

  private static S3Signer signer(Wish wish, Instant then) {
    InstantSource clock = InstantSource.fixed(then);
    return new S3Signer(
        new Credentials(VERTX, clock, StaticCredentialsProvider.create(wish.credentials())),
        new BucketEndpoints(wish.endpoint(), "eu-west-1", wish.pathStyle()),
        "eu-west-1",
        clock);
  }

  /** A request to be signed. */
  private record Wish(
      ObjectKey location,
      Duration life,
      Map<String, String> parameters,
      AwsCredentials credentials,
      Optional<URI> endpoint,
      boolean pathStyle) {
    private static final String[] BUCKETS = {"clinic-files", "dl-2f9c41", "with.dots.in-it"};
    private static final String[] ENDPOINTS = {
      "http://localhost:9000", "https://s3.example.org", "https://s3.example.org:8443/base"
    };
    private static final int[] LETTERS =
        "aZ09-_.~ /+%&=?#*'()!@$,;:\"<>\\^`{|}[]\u00e9\u6f22\ud83d\ude00".codePoints().toArray();

    static Wish random(Random random) {
      boolean path = random.nextBoolean();
      Map<String, String> parameters = new TreeMap<>();
      if (random.nextBoolean()) {
        parameters.put("response-content-disposition", text(random, 60));
      }
      if (random.nextBoolean()) {
        parameters.put("response-content-type", text(random, 20));
      }
      if (random.nextBoolean()) {
        parameters.put("x-correlation", text(random, 22));
      }
      Optional<URI> endpoint =
          random.nextInt(3) == 0
              ? Optional.empty()
              : Optional.of(URI.create(ENDPOINTS[random.nextInt(ENDPOINTS.length)]));
      return new Wish(
          new ObjectKey(
              BUCKETS[random.nextInt(BUCKETS.length)],
              text(random, 80),
              random.nextBoolean() ? Optional.of(text(random, 32)) : Optional.empty()),
          Duration.ofSeconds(1 + random.nextInt(604_800)),
          parameters,
          credentials(random),
          endpoint,
          path);
    }

    private static AwsCredentials credentials(Random random) {
      String id = "AKIA" + random.nextInt(1 << 30);
      String secret = text(random, 40);
      return random.nextBoolean()
          ? AwsBasicCredentials.create(id, secret)
          : AwsSessionCredentials.create(id, secret, text(random, 300));
    }

    /** Never blank, since the SDK trims some of it, and no S3 has a key that is. */
    private static String text(Random random, int most) {
      return "k"
          + Arrays.stream(random.ints(random.nextInt(most), 0, LETTERS.length).toArray())
              .mapToObj(index -> Character.toString(LETTERS[index]))
              .collect(Collectors.joining())
          + "z";
    }
  }
}
