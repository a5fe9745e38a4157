package io.keyveil.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.BucketListener;
import io.github.bucket4j.MathType;
import io.github.bucket4j.local.LockFreeBucket;
import java.time.Duration;

/**
 * The buckets of one limit, one for each party that was seen lately.
 *
 * <p>A party is forgotten when its bucket must be full again, which a new one is as well, or when
 * there are too many; then those go first that ask least, so that a flood of new ones does not give
 * one that keeps asking a fresh bucket. Shared by all event loops, without a lock of our own.
 */
final class Buckets {
  /** How much longer than need be a party is remembered. */
  private static final Duration SLACK = Duration.ofSeconds(10);

  private final Cache<Party, Bucket> buckets;
  private final Rate rate;
  private final BucketConfiguration configuration;
  private final SteadyTime time;

  /**
   * @param lends whether more may be taken than there is, and an empty bucket may take longer to
   *     fill than its rate says; to find out how long costs more than to count
   */
  Buckets(Rate rate, boolean lends, int remembered, SteadyTime time) {
    this.rate = rate;
    this.time = time;
    this.configuration =
        BucketConfiguration.builder()
            .addLimit(
                limit ->
                    limit
                        .capacity(rate.burst())
                        .refillGreedy(rate.perSecond(), Duration.ofSeconds(1)))
            .build();
    Caffeine<Object, Object> all =
        Caffeine.newBuilder()
            .maximumSize(remembered)
            .ticker(time::currentTimeNanos)
            .executor(Runnable::run);
    this.buckets =
        lends
            ? all.expireAfter(Expiry.<Party, Bucket>accessing((party, its) -> untilFull(its)))
                .build()
            : all.expireAfterAccess(rate.window().plus(SLACK)).build();
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

  private Duration untilFull(Bucket bucket) {
    return rate.time(rate.burst() - bucket.getAvailableTokens()).plus(SLACK);
  }

  private Bucket of(Party party) {
    return buckets.get(party, unknown -> full());
  }

  /**
   * All share one configuration: a builder would make another for each, and memory is what counts.
   */
  private Bucket full() {
    return new LockFreeBucket(configuration, MathType.INTEGER_64_BITS, time, BucketListener.NOPE);
  }
}
