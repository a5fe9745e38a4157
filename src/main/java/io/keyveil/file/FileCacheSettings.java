package io.keyveil.file;

import java.time.Duration;

/**
 * How many records are kept in memory, and for how long.
 *
 * @param maxEntries how many records, and unknown IDs, are remembered (1 to 10000000)
 * @param maxAge how long one is believed without asking again (1 s to 1 h); changes by other
 *     processes arrive sooner, by a watch on the store
 */
public record FileCacheSettings(int maxEntries, Duration maxAge) {
  public static final FileCacheSettings DEFAULTS =
      new FileCacheSettings(100_000, Duration.ofSeconds(60));

  public FileCacheSettings {
    if (maxEntries < 1 || maxEntries > 10_000_000) {
      throw new IllegalArgumentException(
          "maxEntries: " + maxEntries + " (expected: 1 to 10000000)");
    }
    if (maxAge.compareTo(Duration.ofSeconds(1)) < 0 || maxAge.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException("maxAge: " + maxAge + " (expected: 1 s to 1 h)");
    }
  }
}
