package io.keyveil.http;

import java.time.Duration;
import java.util.List;

/**
 * Which pages of other origins may read what they download.
 *
 * @param origins their origins, each in full; {@code *}, any, in development only
 * @param maxAge how long a browser may remember that it may ask; 0 to 24 hours
 */
public record CorsSettings(List<WebOrigin> origins, Duration maxAge) {
  public static final CorsSettings DEFAULTS = new CorsSettings(List.of(), Duration.ofMinutes(10));

  public CorsSettings {
    origins = List.copyOf(origins);
    if (maxAge.isNegative() || maxAge.compareTo(Duration.ofHours(24)) > 0) {
      throw new IllegalArgumentException("maxAge: " + maxAge + " (expected: 0 to 24 hours)");
    }
  }
}
