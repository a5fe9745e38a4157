package io.keyveil.block;

import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The list of blocks that is in force in this process.
 *
 * <p>Word of a change, or doubt whether there was one, drops the list; whoever needs it next waits
 * until it is read again. While it cannot be read nobody learns that something is <em>not</em>
 * blocked: a store that does not answer must not open what it was told to shut.
 */
public final class Blocks {
  private final BlockStore store;
  private final AtomicReference<@Nullable Future<BlockList>> inForce = new AtomicReference<>();
  private final Consumer<BlockList> listener;

  /**
   * @param listener hears of every list that was read anew, on the thread of whoever read it
   */
  public Blocks(BlockStore store, Consumer<BlockList> listener) {
    this.store = store;
    this.listener = listener;
  }

  /**
   * The list that is in force.
   *
   * @return fails with {@link io.keyveil.file.StoreUnavailableException} when it cannot be read
   */
  public Future<BlockList> current() {
    Future<BlockList> known = inForce.get();
    return onCaller(known == null ? load() : known);
  }

  /** Forgets the list: it may have changed. */
  public void invalidate() {
    inForce.set(null);
  }

  private Future<BlockList> load() {
    Promise<BlockList> promise = Promise.promise();
    Future<BlockList> mine = promise.future();
    Future<BlockList> others = inForce.compareAndExchange(null, mine);
    if (others != null) {
      return others;
    }
    store.list().map(BlockList::new).onComplete(list -> settle(mine, promise, list));
    return mine;
  }

  /** A failure is not kept; a list that was dropped meanwhile still answers those who waited. */
  private void settle(
      Future<BlockList> mine, Promise<BlockList> promise, AsyncResult<BlockList> list) {
    if (list.failed()) {
      inForce.compareAndSet(mine, null);
    } else if (inForce.get() == mine) {
      listener.accept(list.result());
    }
    promise.handle(list);
  }

  /** A shared load ends on the context of whoever began it; each caller goes on with their own. */
  private static <T> Future<T> onCaller(Future<T> shared) {
    @Nullable Context context = Vertx.currentContext();
    return context == null || shared.isComplete()
        ? shared
        : Future.fromCompletionStage(shared.toCompletionStage(), context);
  }
}
