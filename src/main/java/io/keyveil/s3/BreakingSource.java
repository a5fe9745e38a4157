package io.keyveil.s3;

import io.keyveil.delivery.ByteSpan;
import io.keyveil.delivery.Interest;
import io.keyveil.delivery.InterestLostException;
import io.keyveil.delivery.ObjectRead;
import io.keyveil.delivery.ObjectSource;
import io.keyveil.delivery.SourceException;
import io.keyveil.delivery.SourceFailure;
import io.keyveil.file.FileRecord;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.util.Optional;

/**
 * A source that leaves a bucket alone for a while when it fails. Stands behind the retries, so that
 * each of them counts, and behind the queue, so that nobody is asked for who had to wait too long.
 */
final class BreakingSource implements ObjectSource {
  private final ObjectSource source;
  private final BucketBreakers breakers;

  BreakingSource(ObjectSource source, BucketBreakers breakers) {
    this.source = source;
    this.breakers = breakers;
  }

  @Override
  public Future<ObjectRead> open(FileRecord file, Optional<ByteSpan> span, Interest interest) {
    if (interest.lost()) {
      return Future.failedFuture(new InterestLostException());
    }
    BucketBreaker breaker = breakers.of(file.location().bucket());
    if (!breaker.allows()) {
      return Future.failedFuture(
          new SourceException(
              SourceFailure.RESTING, "the bucket failed too often", breaker.retryAfter()));
    }
    boolean probe = breaker.probing();
    return source.open(file, span, interest).onComplete(answer -> report(breaker, answer, probe));
  }

  private static void report(BucketBreaker breaker, AsyncResult<ObjectRead> answer, boolean probe) {
    if (answer.succeeded()) {
      breaker.began();
    } else {
      breaker.failed(answer.cause(), probe);
    }
  }
}
