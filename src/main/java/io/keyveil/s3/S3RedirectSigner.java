package io.keyveil.s3;

import io.keyveil.delivery.RedirectSigner;
import io.keyveil.delivery.SignedUrl;
import io.keyveil.delivery.SourceException;
import io.keyveil.delivery.SourceFailure;
import io.keyveil.file.FileRecord;
import io.keyveil.s3.Credentials.CredentialsUnavailableException;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;

/**
 * Signs what a redirect shows, for the endpoint that clients reach. S3 logs every query parameter,
 * so the file's name is among them only where the file says that it is harmless; the correlation
 * stands in a parameter that S3 signs, ignores and logs.
 */
final class S3RedirectSigner implements RedirectSigner {
  /** Parameters that begin with {@code x-} are S3's to ignore. */
  static final String CORRELATION = "x-correlation";

  private final S3Signer signer;
  private final Duration life;

  S3RedirectSigner(S3Signer signer, Duration life) {
    this.signer = signer;
    this.life = life;
  }

  @Override
  public Future<SignedUrl> sign(FileRecord file, String disposition, String correlation) {
    return signer
        .get(
            file.location(),
            life,
            Map.of(
                "response-content-disposition",
                disposition,
                "response-content-type",
                file.type(),
                "response-cache-control",
                "private, no-store",
                CORRELATION,
                correlation))
        .recover(S3RedirectSigner::unsigned);
  }

  static Future<SignedUrl> unsigned(Throwable failure) {
    return Future.failedFuture(
        failure instanceof CredentialsUnavailableException
            ? new SourceException(SourceFailure.REFUSED, "no S3 credentials could be had")
            : failure);
  }
}
