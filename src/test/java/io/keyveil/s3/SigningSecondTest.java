package io.keyveil.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.file.SampleFiles;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

/** What is kept for a second is for that second alone. */
final class SigningSecondTest {
  private static final Vertx VERTX = Vertx.vertx();
  private static final AwsCredentials ONE = AwsBasicCredentials.create("AKIA1", "one");
  private static final AwsCredentials OTHER = AwsSessionCredentials.create("AKIA2", "two", "t/2");
  private static final Instant BEGIN = Instant.parse("2026-03-01T23:59:58.250Z");

  @AfterAll
  static void stop() {
    VERTX.close().await();
  }

  @Test
  void signsAsASignerDoesThatHasSignedNothingYet() {
    AtomicReference<Instant> now = new AtomicReference<>(BEGIN);
    S3Signer used = signer(now::get, () -> ONE);
    for (int step = 0; step < 12; step++) {
      now.set(BEGIN.plusMillis(500L * step));
      for (int life : new int[] {300, 60, 300}) {
        String url = sign(used, life);
        assertThat(url)
            .isEqualTo(sign(signer(now::get, () -> ONE), life))
            .isEqualTo(sign(used, life));
      }
    }
  }

  @Test
  void signsWithTheKeyThatItIsGivenWithinASecondToo() {
    BucketEndpoints endpoints = endpoints();
    AtomicReference<AwsCredentials> held = new AtomicReference<>(ONE);
    InstantSource clock = InstantSource.fixed(BEGIN);
    Credentials credentials = new Credentials(VERTX, clock, held::get);
    S3Signer used = new S3Signer(credentials, endpoints, "eu-west-1", clock);
    assertThat(sign(used, 300)).isEqualTo(sign(signer(clock, () -> ONE), 300));
    held.set(OTHER);
    AwsCredentials renewed = credentials.renewed().await();
    assertThat(renewed).isEqualTo(OTHER);
    assertThat(sign(used, 300)).isEqualTo(sign(signer(clock, () -> OTHER), 300));
  }

  @Test
  void tellsNothingOfItself() {
    SigningDay day = SigningDay.of(ONE, "20260301", "eu-west-1");
    assertThat(day.second(BEGIN.getEpochSecond(), "20260301T235958Z", 300))
        .hasToString("SigningSecond[***]");
  }

  private static String sign(S3Signer signer, int life) {
    return signer
        .get(SampleFiles.location(), Duration.ofSeconds(life), Map.of("x-correlation", "c"))
        .await()
        .reveal();
  }

  private static S3Signer signer(InstantSource clock, AwsCredentialsProvider its) {
    return new S3Signer(new Credentials(VERTX, clock, its), endpoints(), "eu-west-1", clock);
  }

  private static BucketEndpoints endpoints() {
    return new BucketEndpoints(
        Optional.of(URI.create("https://s3.example.org")), "eu-west-1", true);
  }
}
