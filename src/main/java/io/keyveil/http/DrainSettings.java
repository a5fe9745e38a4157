package io.keyveil.http;

import java.time.Duration;

/**
 * How the gateway stops.
 *
 * @param delay how long it goes on as before, and merely says that it is not ready, 0 to 5 minutes
 * @param deadline how long running downloads may go on after that, 0 to 1 hour
 */
public record DrainSettings(Duration delay, Duration deadline) {
  public static final DrainSettings DEFAULTS =
      new DrainSettings(Duration.ZERO, Duration.ofSeconds(30));

  public DrainSettings {
    if (delay.isNegative() || delay.compareTo(Duration.ofMinutes(5)) > 0) {
      throw new IllegalArgumentException("delay: " + delay + " (expected: 0 to 5 minutes)");
    }
    if (deadline.isNegative() || deadline.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException("deadline: " + deadline + " (expected: 0 to 1 hour)");
    }
  }
}
