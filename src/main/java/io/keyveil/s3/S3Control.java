package io.keyveil.s3;

import io.keyveil.file.CatalogUnavailableException;
import io.keyveil.file.Checksum;
import io.keyveil.file.Checksum.Algorithm;
import io.keyveil.file.Checksums;
import io.keyveil.file.EntityTag;
import io.keyveil.file.ObjectCatalog;
import io.keyveil.file.ObjectFacts;
import io.keyveil.file.ObjectKey;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.ChecksumType;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** The control plane: questions about objects and buckets, asked on worker threads. */
public final class S3Control implements ObjectCatalog {
  /** Beyond so many calls that run or wait, a further one fails at once. */
  private static final int MOST = 256;

  /** What may be repeated of S3's answers: codes alone, from this list. */
  private static final Set<String> KNOWN_CODES =
      Set.of(
          "ExpiredToken",
          "InvalidAccessKeyId",
          "InvalidToken",
          "NoSuchBucket",
          "PermanentRedirect",
          "RequestTimeTooSkewed",
          "SignatureDoesNotMatch",
          "SlowDown");

  private final AtomicInteger running = new AtomicInteger();
  private final WorkerExecutor workers;
  private final S3Client client;

  S3Control(WorkerExecutor workers, S3Client client) {
    this.workers = workers;
    this.client = client;
  }

  @Override
  public Future<Optional<ObjectFacts>> head(ObjectKey location) {
    return call(s3 -> headNow(s3, location));
  }

  /**
   * Asks whether a bucket is there and our credentials are believed; the right to list is not
   * needed. Fails with a reason that does not name the bucket.
   */
  public Future<Void> reach(String bucket) {
    return call(
        s3 -> {
          reachNow(s3, bucket);
          return null;
        });
  }

  private static void reachNow(S3Client s3, String bucket) {
    try {
      s3.listObjectsV2(request -> request.bucket(bucket).maxKeys(1));
    } catch (S3Exception e) {
      String code = e.awsErrorDetails() == null ? "" : e.awsErrorDetails().errorCode();
      if (!"AccessDenied".equals(code)) {
        throw new CatalogUnavailableException(
            KNOWN_CODES.contains(code) ? "S3 says " + code : "S3 answered " + e.statusCode(), true);
      }
    }
  }

  private <T> Future<T> call(Function<S3Client, T> question) {
    if (running.incrementAndGet() > MOST) {
      running.decrementAndGet();
      return Future.failedFuture(
          new CatalogUnavailableException("too many questions to S3 at once", false));
    }
    return workers
        .executeBlocking(() -> ask(question), false)
        .onComplete(answer -> running.decrementAndGet());
  }

  private <T> T ask(Function<S3Client, T> question) {
    try {
      return question.apply(client);
    } catch (S3Exception e) {
      throw refusal(e);
    } catch (SdkException e) {
      throw new CatalogUnavailableException("S3 could not be reached", false);
    }
  }

  /** S3's text stays where it is: only the status comes along. */
  private static CatalogUnavailableException refusal(S3Exception e) {
    int status = e.statusCode();
    boolean refused = status < 500 && status != 429;
    return new CatalogUnavailableException("S3 answered " + status, refused);
  }

  private static Optional<ObjectFacts> headNow(S3Client s3, ObjectKey location) {
    try {
      return Optional.of(
          facts(
              s3.headObject(
                  request ->
                      request
                          .bucket(location.bucket())
                          .key(location.key())
                          .versionId(location.version().orElse(null))
                          .checksumMode(ChecksumMode.ENABLED))));
    } catch (S3Exception e) {
      if (e.statusCode() == 404) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static ObjectFacts facts(HeadObjectResponse head) {
    if (head.contentLength() == null || head.eTag() == null || head.lastModified() == null) {
      throw new CatalogUnavailableException("S3 left out size, entity tag or date", false);
    }
    return new ObjectFacts(
        head.contentLength(),
        entityTag(head.eTag()),
        version(head.versionId()),
        head.lastModified(),
        checksums(head));
  }

  private static EntityTag entityTag(String text) {
    try {
      return new EntityTag(text);
    } catch (IllegalArgumentException e) {
      throw new CatalogUnavailableException("S3 gave no strong entity tag", false);
    }
  }

  /** S3 says {@code null} for objects from before a bucket kept versions. */
  private static Optional<String> version(@Nullable String id) {
    return Optional.ofNullable(id).filter(version -> !version.equals("null"));
  }

  /**
   * Only a checksum of the full object is one; that of a multipart upload may be of its parts, and
   * then ends with their number. What has not the form of a checksum is none.
   */
  private static Checksums checksums(HeadObjectResponse head) {
    if (head.checksumType() != null && head.checksumType() != ChecksumType.FULL_OBJECT) {
      return Checksums.NONE;
    }
    return new Checksums(
        Checksum.parse(Algorithm.SHA256, head.checksumSHA256()),
        Checksum.parse(Algorithm.CRC32C, head.checksumCRC32C()),
        Checksum.parse(Algorithm.CRC32, head.checksumCRC32()));
  }
}
