package io.keyveil.limit;

import java.time.Duration;

/**
 * How fast something may come: a token bucket.
 *
 * @param perSecond how much may come in each second, 0 to 1000000000; 0 for no limit
 * @param burst how much may come at once after a rest, 1 to 1000000000000, and no more than comes
 *     in a day
 */
public record Rate(long perSecond, long burst) {
  /** More than one for each nanosecond is more than a bucket can be filled with. */
  private static final long FASTEST = 1_000_000_000L;

  private static final long LARGEST = 1_000_000_000_000L;

  public Rate {
    if (perSecond < 0 || perSecond > FASTEST) {
      throw new IllegalArgumentException(
          "perSecond: " + perSecond + " (expected: 0 to " + FASTEST + ")");
    }
    long most =
        perSecond == 0 ? LARGEST : Math.min(LARGEST, Duration.ofDays(1).toSeconds() * perSecond);
    if (burst < 1 || burst > most) {
      throw new IllegalArgumentException("burst: " + burst + " (expected: 1 to " + most + ")");
    }
  }

  boolean limits() {
    return perSecond > 0;
  }

  /** How long so much takes to come; rounded up. */
  Duration time(long amount) {
    long seconds = amount / perSecond;
    long rest = amount % perSecond;
    return Duration.ofSeconds(seconds, (rest * 1_000_000_000L + perSecond - 1) / perSecond);
  }

  /** The time in which an empty bucket is full again. */
  public Duration window() {
    return time(burst);
  }
}
