package io.keyveil.block;

import java.time.Instant;
import java.util.Optional;

/**
 * A block that somebody asks for.
 *
 * @param target what it is to switch off
 * @param reason why, up to 256 characters; empty if that is not said
 * @param expiresAt when it is to end by itself; empty: not before it is lifted
 */
public record BlockWish(BlockTarget target, String reason, Optional<Instant> expiresAt) {
  static final int LONGEST_REASON = 256;
}
