package io.keyveil.link;

import java.time.Duration;

/**
 * What links may be.
 *
 * @param life how long one lives that does not say it itself (1 s to {@code maxLife})
 * @param maxLife how long one may live at most (1 s to 366 d)
 * @param window how long one client may use a link that counts, from its first use on and after
 *     each pause of a download (10 s to 1 h)
 * @param attempts how many windows may be opened for each download that is counted, since bytes
 *     that were never completed are bytes all the same (1 to 100)
 * @param keep how long an ended link is remembered, to tell people what became of it (1 h to 366 d)
 */
public record LinkSettings(
    Duration life, Duration maxLife, Duration window, int attempts, Duration keep) {
  private static final Duration LONGEST = Duration.ofDays(366);

  public static final LinkSettings DEFAULTS =
      new LinkSettings(
          Duration.ofHours(1), Duration.ofDays(30), Duration.ofMinutes(5), 10, Duration.ofDays(30));

  public LinkSettings {
    check("maxLife", maxLife, Duration.ofSeconds(1), LONGEST, "1s to 366d");
    check("life", life, Duration.ofSeconds(1), maxLife, "1s to maxLife");
    check("window", window, Duration.ofSeconds(10), Duration.ofHours(1), "10s to 1h");
    check("keep", keep, Duration.ofHours(1), LONGEST, "1h to 366d");
    if (attempts < 1 || attempts > 100) {
      throw new IllegalArgumentException("attempts: " + attempts + " (expected: 1 to 100)");
    }
  }

  private static void check(
      String field, Duration value, Duration least, Duration most, String expected) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(field + ": " + value + " (expected: " + expected + ")");
    }
  }
}
