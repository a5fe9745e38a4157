package io.keyveil.file;

import java.time.Duration;

/**
 * How many records are kept in memory, and for how long.
 *
 * @param maxEntries how many records, and unknown IDs, are remembered (1 to 10000000)
 * @param maxAge how long one is believed without asking again (1 s to 1 h); changes by other
 *     processes arrive sooner, by a watch on the store
 * @param duringOutage how long, at most, what is in memory is still believed when the store no
 *     longer answers (0 to 10 min); 0: not at all, as a revocation could not be heard of
 */
public record FileCacheSettings(int maxEntries, Duration maxAge, Duration duringOutage) {
  public static final FileCacheSettings DEFAULTS =
      new FileCacheSettings(100_000, Duration.ofSeconds(60), Duration.ZERO);

  public FileCacheSettings {
    if (maxEntries < 1 || maxEntries > 10_000_000) {
      throw new IllegalArgumentException(
          "maxEntries: " + maxEntries + " (expected: 1 to 10000000)");
    }
    if (maxAge.compareTo(Duration.ofSeconds(1)) < 0 || maxAge.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException("maxAge: " + maxAge + " (expected: 1 s to 1 h)");
    }
    if (duringOutage.isNegative() || duringOutage.compareTo(Duration.ofMinutes(10)) > 0) {
      throw new IllegalArgumentException(
          "duringOutage: " + duringOutage + " (expected: 0 to 10 min)");
    }
  }
}
