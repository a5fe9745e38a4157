package io.keyveil.block;

import io.vertx.core.Future;
import java.util.List;

/**
 * Where blocks are kept. Every future fails with {@link io.keyveil.file.StoreUnavailableException}
 * when the store gives no answer.
 */
public interface BlockStore {
  /** How many there may be. */
  int MOST = 10_000;

  /** All blocks, oldest first, those that have ended included. */
  Future<List<Block>> list();

  /**
   * Adds a block, and drops those that have ended.
   *
   * @return whether it was added; false if there are {@link #MOST} already
   */
  Future<Boolean> add(Block block);

  /**
   * Lifts a block.
   *
   * @return whether there was one of that name
   */
  Future<Boolean> lift(BlockId id);
}
