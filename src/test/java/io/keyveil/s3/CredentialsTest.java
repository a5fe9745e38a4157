package io.keyveil.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyveil.file.ObjectKey;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.core.exception.SdkClientException;

/** Signed URLs never outlive the credentials, and credentials are renewed ahead. */
class CredentialsTest {
  private static final Vertx VERTX = Vertx.vertx();
  private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");

  private final AtomicInteger asked = new AtomicInteger();
  private volatile Instant now = START;
  private volatile Instant end = START.plus(Duration.ofHours(1));
  private volatile boolean down;
  private final AwsCredentialsProvider provider =
      () -> {
        int number = asked.incrementAndGet();
        if (down) {
          throw SdkClientException.create("the metadata service is down");
        }
        return AwsSessionCredentials.builder()
            .accessKeyId("key" + number)
            .secretAccessKey("secret")
            .sessionToken("token")
            .expirationTime(end)
            .build();
      };
  private final Credentials credentials = new Credentials(VERTX, () -> now, provider);
  private final S3Signer signer =
      new S3Signer(
          credentials,
          new BucketEndpoints(Optional.of(URI.create("http://127.0.0.1")), "us-east-1", true),
          "us-east-1",
          () -> now);

  @AfterAll
  static void stop() {
    VERTX.close().await();
  }

  private AwsCredentials current() {
    return credentials.current().await();
  }

  private String signed() {
    return signer
        .get(new ObjectKey("b", "k", Optional.empty()), Duration.ofMinutes(5), Map.of())
        .await()
        .reveal();
  }

  @Test
  void signsForFiveMinutesWhereThereIsTime() {
    assertThat(signed()).contains("X-Amz-Expires=300&", "X-Amz-Security-Token=token");
  }

  @Test
  void signsForWhatTheCredentialsHaveLeft() {
    end = START.plusSeconds(200);
    assertThat(signed()).contains("X-Amz-Expires=170&");
  }

  @Test
  void signsAgainWithOthersWhereNothingIsLeft() {
    end = START.plusSeconds(100);
    assertThat(signed()).contains("key1");
    now = START.plusSeconds(80);
    end = START.plus(Duration.ofHours(1));
    assertThat(signed()).contains("X-Amz-Expires=300&").doesNotContain("key1");
  }

  @Test
  void signsNothingThatIsDeadAtOnce() {
    end = START.plusSeconds(30);
    assertThatThrownBy(this::signed).hasMessageContaining("no S3 credentials");
  }

  @Test
  void givesWhatIsGoodWhileItLooksForTheNext() {
    AwsCredentials first = current();
    now = end.minus(Duration.ofMinutes(4));
    assertThat(current()).isEqualTo(first);
    while (asked.get() < 2) {
      Thread.onSpinWait();
    }
    assertThat(asked).hasValue(2);
  }

  @Test
  void livesThroughAnOutageOfTheProviderUntilTheyEnd() {
    AwsCredentials first = current();
    down = true;
    now = end.minusSeconds(40);
    assertThat(current()).isEqualTo(first);
    assertThat(signed()).contains("X-Amz-Expires=10&");
    now = end.plusSeconds(1);
    assertThatThrownBy(this::current).hasMessage("no S3 credentials could be had");
    down = false;
    end = now.plus(Duration.ofHours(1));
    assertThat(signed()).contains("X-Amz-Expires=300&");
  }
}
