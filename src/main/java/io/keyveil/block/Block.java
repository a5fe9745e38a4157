package io.keyveil.block;

import java.time.Instant;
import java.util.Optional;

/**
 * A switch that is thrown.
 *
 * @param id its name
 * @param target what it switches off
 * @param reason why, in the operator's words; empty if none were given
 * @param createdAt since when
 * @param expiresAt when it ends by itself; empty: not before it is lifted
 */
public record Block(
    BlockId id, BlockTarget target, String reason, Instant createdAt, Optional<Instant> expiresAt) {
  /** Whether it holds at that moment. */
  boolean holds(Instant now) {
    return expiresAt.map(now::isBefore).orElse(true);
  }
}
