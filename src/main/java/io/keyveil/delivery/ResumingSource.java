package io.keyveil.delivery;

import io.keyveil.file.FileRecord;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A source that asks again: before the first byte when S3 is busy or breaks off, and in the middle
 * of a body from the next byte on. The source beneath asks for the registered entity tag each time,
 * so that a part of another object is never joined on. One for each event loop.
 */
public final class ResumingSource implements ObjectSource {
  private final RetryBudget budget = new RetryBudget();
  private final Lookout stalls;
  private final Vertx vertx;
  private final ObjectSource source;
  private final ResumeSettings settings;
  private final SourceEvents events;
  private final RandomGenerator random;

  public ResumingSource(
      Vertx vertx,
      ObjectSource source,
      ResumeSettings settings,
      SourceEvents events,
      RandomGenerator random) {
    this.stalls = new Lookout(vertx, settings.stallTimeout());
    this.vertx = vertx;
    this.source = source;
    this.settings = settings;
    this.events = events;
    this.random = random;
  }

  @Override
  public Future<ObjectRead> open(FileRecord file, Optional<ByteSpan> span, Interest interest) {
    budget.earn();
    return attempt(file, span, interest, 1);
  }

  /** Asks; where S3 is only busy or broke off, asks again as often as is allowed. */
  private Future<ObjectRead> attempt(
      FileRecord file, Optional<ByteSpan> span, Interest interest, int number) {
    ByteSpan whole = span.orElse(new ByteSpan(0, Math.max(0, file.size() - 1)));
    return source
        .open(file, span, interest)
        .transform(
            answer -> {
              if (answer.succeeded()) {
                return Future.succeededFuture(
                    new ResumingRead(this, file, whole, answer.result(), number - 1));
              }
              Throwable failure = answer.cause();
              return passing(failure) && mayTry(number)
                  ? again(file, span, interest, number, ((SourceException) failure).failure())
                  : Future.failedFuture(failure);
            });
  }

  private Future<ObjectRead> again(
      FileRecord file,
      Optional<ByteSpan> span,
      Interest interest,
      int number,
      SourceFailure failure) {
    events.retried(failure);
    return pause(number, Duration.ZERO, interest)
        .compose(waited -> attempt(file, span, interest, number + 1));
  }

  /** Asks for the rest of a body that broke off. */
  Future<ObjectRead> rest(
      FileRecord file, ByteSpan rest, SourceFailure failure, Interest interest) {
    events.resumed(failure);
    return source.open(file, Optional.of(rest), interest);
  }

  boolean mayTry(int number) {
    return number <= settings.attempts() && budget.spend();
  }

  /** A read lasted long and gave bytes: asking again after it is no retry of a failure. */
  void lasted() {
    budget.earnOne();
  }

  /**
   * What may have passed by the next time. A silent S3 has had its time already, and whoever found
   * all connections taken has waited for one.
   */
  static boolean passing(Throwable failure) {
    return failure instanceof SourceException known
        && (known.failure() == SourceFailure.BUSY || known.failure() == SourceFailure.BROKEN);
  }

  void gaveUp(SourceFailure failure) {
    events.gaveUp(failure);
  }

  Lookout stalls() {
    return stalls;
  }

  /**
   * Doubles with each attempt, and lasts between a half and the whole of that.
   *
   * @param least what has to pass before
   */
  Future<Void> pause(int number, Duration least, Interest interest) {
    long most = settings.backoff().toMillis() << Math.min(number - 1, 10);
    Promise<Void> over = Promise.promise();
    long timer =
        vertx.setTimer(
            least.toMillis() + Math.max(1, most / 2 + random.nextLong(most / 2 + 1)),
            now -> over.tryComplete());
    interest.whenLost(
        () -> {
          vertx.cancelTimer(timer);
          over.tryFail(new InterestLostException());
        });
    return over.future();
  }
}
