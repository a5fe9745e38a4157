package io.keyveil.delivery;

import io.keyveil.access.SharedSecret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Whether an nginx in front carries the bytes of streams.
 *
 * @param secret what it shows in {@code X-Keyveil-Offload}; without one it carries nothing
 * @param location its internal location that reads from S3
 * @param log its log of what it carried, from which completions are recorded; needed with the
 *     secret
 * @param longest after which time a download that its log does not tell the end of counts as ended
 *     (1m to 7d)
 */
public record OffloadSettings(
    Optional<SharedSecret> secret, String location, Optional<Path> log, Duration longest) {
  public static final OffloadSettings DEFAULTS =
      new OffloadSettings(
          Optional.empty(), "/keyveil-internal", Optional.empty(), Duration.ofHours(6));

  public OffloadSettings {
    if (!location.matches("(/[A-Za-z0-9._-]+)+")) {
      throw new IllegalArgumentException(
          "location: " + location + " (expected: a path such as /keyveil-internal)");
    }
    if (longest.compareTo(Duration.ofMinutes(1)) < 0 || longest.compareTo(Duration.ofDays(7)) > 0) {
      throw new IllegalArgumentException("longest: " + longest + " (expected: 1m to 7d)");
    }
    if (secret.isPresent() && log.isEmpty()) {
      throw new IllegalArgumentException(
          "log: nothing (expected: the log of what nginx carried, since there is a secret)");
    }
  }

  /** Whether this is the secret; takes as long for any other of its length. */
  public boolean isShown(String shown) {
    return secret.filter(SharedSecret.of(shown)::equals).isPresent();
  }
}
