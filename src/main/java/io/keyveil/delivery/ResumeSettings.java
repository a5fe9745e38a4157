package io.keyveil.delivery;

import java.time.Duration;

/**
 * How hard the gateway tries to finish what S3 began.
 *
 * @param attempts how often one download may ask S3 again, 0 to 20; a read that gave bytes and
 *     lasted for {@code stallTimeout} or longer lets the count begin anew, since servers close
 *     connections whose bytes are taken slowly
 * @param backoff how long it waits before the first time, 1 ms to 10 s; twice as long before each
 *     further one, and never regularly
 * @param stallTimeout how long S3 may stand still in the middle of a body before it is asked again,
 *     1 second to 10 minutes
 */
public record ResumeSettings(int attempts, Duration backoff, Duration stallTimeout) {
  public static final ResumeSettings DEFAULTS =
      new ResumeSettings(4, Duration.ofMillis(100), Duration.ofSeconds(30));

  public ResumeSettings {
    if (attempts < 0 || attempts > 20) {
      throw new IllegalArgumentException("attempts: " + attempts + " (expected: 0 to 20)");
    }
    within("backoff", backoff, Duration.ofMillis(1), Duration.ofSeconds(10));
    within("stallTimeout", stallTimeout, Duration.ofSeconds(1), Duration.ofMinutes(10));
  }

  private static void within(String name, Duration found, Duration least, Duration most) {
    if (found.compareTo(least) < 0 || found.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          name + ": " + found + " (expected: " + least + " to " + most + ")");
    }
  }
}
