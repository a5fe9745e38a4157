package io.keyveil.delivery;

import io.keyveil.access.SharedSecret;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Whether an nginx in front carries the bytes of streams.
 *
 * @param secret what it shows in {@code X-Keyveil-Offload}; without one it carries nothing
 * @param location its internal location that reads from S3
 * @param log its log of what it carried, from which completions are recorded, where it is read here
 */
public record OffloadSettings(Optional<SharedSecret> secret, String location, Optional<Path> log) {
  public static final OffloadSettings DEFAULTS =
      new OffloadSettings(Optional.empty(), "/keyveil-internal", Optional.empty());

  public OffloadSettings {
    if (!location.matches("(/[A-Za-z0-9._-]+)+")) {
      throw new IllegalArgumentException(
          "location: " + location + " (expected: a path such as /keyveil-internal)");
    }
  }

  /** Whether this is the secret; takes as long for any other of its length. */
  public boolean isShown(String shown) {
    return secret.filter(SharedSecret.of(shown)::equals).isPresent();
  }
}
