package io.keyveil.http;

import java.time.Duration;

/**
 * How the gateway stops.
 *
 * @param deadline how long running downloads may go on after it was asked to stop, 0 to 1 hour
 */
public record DrainSettings(Duration deadline) {
  public static final DrainSettings DEFAULTS = new DrainSettings(Duration.ofSeconds(30));

  public DrainSettings {
    if (deadline.isNegative() || deadline.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException("deadline: " + deadline + " (expected: 0 to 1 hour)");
    }
  }
}
