package io.keyveil.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import java.time.Duration;

/**
 * The buckets of one limit, one for each party that was seen lately.
 *
 * <p>A party is forgotten when its bucket must be full again, which a new one is as well, or when
 * there are too many; then those go first that ask least, so that a flood of new ones does not give
 * one that keeps asking a fresh bucket. Shared by all event loops, without a lock of our own.
 */
final class Buckets {
  /** Debt is paid back in this time, or keeps new requests out. */
  static final Duration DEEP = Duration.ofSeconds(10);

  private final Cache<Party, Bucket> buckets;
  private final Rate rate;
  private final Bandwidth bandwidth;
  private final SteadyTime time;

  Buckets(Rate rate, int remembered, SteadyTime time) {
    this.rate = rate;
    this.time = time;
    this.bandwidth =
        Bandwidth.builder()
            .capacity(rate.burst())
            .refillGreedy(rate.perSecond(), Duration.ofSeconds(1))
            .build();
    this.buckets =
        Caffeine.newBuilder()
            .maximumSize(remembered)
            .expireAfterAccess(rate.window().plus(DEEP))
            .ticker(time::currentTimeNanos)
            .executor(Runnable::run)
            .build();
  }

  Rate rate() {
    return rate;
  }

  /** Takes one, if there is one. */
  boolean take(Party party) {
    return of(party).tryConsume(1);
  }

  /** How long until there is one to take. */
  Duration untilOne(Party party) {
    return Duration.ofNanos(
        Math.max(1, of(party).estimateAbilityToConsume(1).getNanosToWaitForRefill()));
  }

  /** Takes so many, even if they are not there: the rest is owed. */
  void spend(Party party, long count) {
    var unused = of(party).consumeIgnoringRateLimits(count);
  }

  /** Takes so many as there are; whether that was all. */
  boolean spendWhatIsThere(Party party, long count) {
    return of(party).tryConsumeAsMuchAsPossible(count) == count;
  }

  boolean owes(Party party) {
    return of(party).getAvailableTokens() < 0;
  }

  /** How long what is owed takes to come; zero if nothing is. */
  Duration owed(Party party) {
    return rate.time(Math.max(0, -of(party).getAvailableTokens()));
  }

  /** How many parties are remembered. */
  long size() {
    buckets.cleanUp();
    return buckets.estimatedSize();
  }

  private Bucket of(Party party) {
    return buckets.get(
        party,
        unknown -> Bucket.builder().addLimit(bandwidth).withCustomTimePrecision(time).build());
  }
}
