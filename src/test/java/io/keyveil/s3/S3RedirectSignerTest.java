package io.keyveil.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.delivery.SignedUrl;
import io.keyveil.delivery.SourceException;
import io.keyveil.delivery.SourceFailure;
import io.keyveil.file.SampleFiles;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;

/** What becomes of a redirect that cannot be signed. */
class S3RedirectSignerTest {
  private static final Vertx VERTX = Vertx.vertx();

  @AfterAll
  static void stop() {
    VERTX.close().await();
  }

  @Test
  void tellsMissingCredentialsAsARefusalByS3() {
    Credentials none =
        new Credentials(
            VERTX,
            InstantSource.system(),
            () -> {
              throw SdkClientException.create("profile of mallory not found");
            });
    S3Signer signer =
        new S3Signer(
            none,
            new BucketEndpoints(Optional.of(URI.create("http://127.0.0.1:9")), "us-east-1", true),
            "us-east-1",
            InstantSource.system());
    Future<SignedUrl> signed =
        new S3RedirectSigner(signer, Duration.ofMinutes(5))
            .sign(SampleFiles.file(), "attachment", "x");
    assertThat(signed.transform(Future::succeededFuture).await().cause())
        .isInstanceOfSatisfying(
            SourceException.class,
            broken -> {
              assertThat(broken.failure()).isEqualTo(SourceFailure.REFUSED);
              assertThat(broken).hasMessageNotContaining("mallory");
            });
  }
}
