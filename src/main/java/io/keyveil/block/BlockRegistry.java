package io.keyveil.block;

import io.vertx.core.Future;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** Throws and lifts blocks. */
public final class BlockRegistry {
  private final BlockStore store;
  private final InstantSource clock;
  private final SecureRandom random;

  public BlockRegistry(BlockStore store, InstantSource clock, SecureRandom random) {
    this.store = store;
    this.clock = clock;
    this.random = random;
  }

  /**
   * Adds a block.
   *
   * @return the block; empty if there are too many already
   */
  public Future<Optional<Block>> add(BlockWish wish) {
    Block block =
        new Block(
            BlockId.random(random),
            wish.target(),
            wish.reason(),
            clock.instant().truncatedTo(ChronoUnit.MILLIS),
            wish.expiresAt().map(end -> end.truncatedTo(ChronoUnit.MILLIS)));
    return store.add(block).map(added -> added ? Optional.of(block) : Optional.empty());
  }

  /** All blocks that hold, oldest first. */
  public Future<List<Block>> list() {
    return store
        .list()
        .map(all -> all.stream().filter(block -> block.holds(clock.instant())).toList());
  }

  /**
   * Lifts a block.
   *
   * @return whether there was one
   */
  public Future<Boolean> lift(BlockId id) {
    return store.lift(id);
  }
}
