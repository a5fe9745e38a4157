package io.keyveil.s3;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.keyveil.delivery.SourceException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a bucket may be asked, by how its last reads went. Shared by all event loops.
 *
 * <p>What counts is how far S3 is able to answer: a read that begins, and a refusal for one object,
 * speak for it; an overload, a silence and a broken connection against it. What went wrong on our
 * own side says nothing.
 */
final class BucketBreaker {
  private static final Logger LOG = LoggerFactory.getLogger(BucketBreaker.class);

  /** The least that a client is told to wait: probes may be under way. */
  private static final Duration SHORTEST = Duration.ofSeconds(1);

  private final CircuitBreaker breaker;
  private final InstantSource clock;
  private final Duration pause;
  private volatile Instant openUntil = Instant.MIN;

  BucketBreaker(BreakerSettings settings, InstantSource clock) {
    this.clock = clock;
    this.pause = settings.pause();
    // The name shows in the library's own log lines and must say nothing.
    this.breaker =
        CircuitBreaker.of(
            "s3",
            CircuitBreakerConfig.custom()
                .slidingWindowSize(settings.calls())
                .minimumNumberOfCalls(settings.calls())
                .failureRateThreshold(settings.failing())
                .waitDurationInOpenState(settings.pause())
                .permittedNumberOfCallsInHalfOpenState(settings.probes())
                .clock(clock.withZone(ZoneOffset.UTC))
                .build());
    breaker
        .getEventPublisher()
        .onStateTransition(event -> changed(event.getStateTransition().getToState()));
  }

  /** Whether S3 may be asked; who may has to say {@link #began} or {@link #failed}. */
  boolean allows() {
    return breaker.tryAcquirePermission();
  }

  /** Whether those that are allowed now find out if the bucket is well again. */
  boolean probing() {
    return breaker.getState() == State.HALF_OPEN;
  }

  /** Whether all is as ever. */
  boolean closed() {
    return breaker.getState() == State.CLOSED;
  }

  /** How long it is until S3 is asked again. */
  Duration retryAfter() {
    Instant now = clock.instant();
    return openUntil.isAfter(now.plus(SHORTEST)) ? Duration.between(now, openUntil) : SHORTEST;
  }

  /** Notes that a read has begun. */
  void began() {
    breaker.onSuccess(0, TimeUnit.NANOSECONDS);
  }

  /**
   * Notes why a read has not begun.
   *
   * @param probe whether it was allowed as a probe; one that tells nothing makes room for another
   */
  void failed(Throwable failure, boolean probe) {
    if (failure instanceof SourceException known) {
      switch (known.failure()) {
        case BUSY, SILENT, BROKEN -> breaker.onError(0, TimeUnit.NANOSECONDS, failure);
        case GONE, CHANGED, REFUSED, CORRUPT -> began();
        case FULL, RESTING -> forget(probe);
      }
    } else {
      forget(probe);
    }
  }

  private void forget(boolean probe) {
    if (probe) {
      breaker.releasePermission();
    }
  }

  private void changed(State state) {
    if (state == State.OPEN) {
      openUntil = clock.instant().plus(pause);
      LOG.atWarn().addKeyValue("pause", pause).log("a bucket that fails is left alone");
    } else if (state == State.CLOSED) {
      LOG.atInfo().log("a bucket that failed is well again");
    }
  }
}
