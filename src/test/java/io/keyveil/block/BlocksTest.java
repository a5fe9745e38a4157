package io.keyveil.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.file.Await;
import io.keyveil.file.StoreUnavailableException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The list in force is read once, never from doubtful memory, and never assumed. */
final class BlocksTest {
  private static final Block BLOCK =
      BlockStoreContract.block("a", BlockStoreContract.NOW, Optional.empty());
  private final FakeBlockStore store = new FakeBlockStore();
  private final List<Integer> heard = new ArrayList<>();
  private final Blocks blocks = new Blocks(store, list -> heard.add(list.all().size()));

  @Test
  void readsOnceUntilToldOfAChange() {
    store.answer = Future.succeededFuture(List.of(BLOCK));
    assertThat(Await.get(blocks.current())).isSameAs(Await.get(blocks.current()));
    assertThat(store.reads).isEqualTo(1);
    store.answer = Future.succeededFuture(List.of());
    blocks.invalidate();
    assertThat(Await.get(blocks.current()).all()).isEmpty();
    assertThat(heard).containsExactly(1, 0);
  }

  @Test
  void failsRatherThanAssumeAndRecovers() {
    store.answer = Future.failedFuture(new StoreUnavailableException("down"));
    assertThat(Await.failure(blocks.current())).isInstanceOf(StoreUnavailableException.class);
    store.answer = Future.succeededFuture(List.of(BLOCK));
    assertThat(Await.get(blocks.current()).all()).containsExactly(BLOCK);
  }

  @Test
  void sharesOneReadAndForgetsItWhenItIsOld() {
    Promise<List<Block>> slow = Promise.promise();
    store.answer = slow.future();
    Future<BlockList> first = blocks.current();
    Future<BlockList> second = blocks.current();
    blocks.invalidate();
    store.answer = Future.succeededFuture(List.of(BLOCK));
    assertThat(Await.get(blocks.current()).all()).containsExactly(BLOCK);
    slow.complete(List.of());
    assertThat(Await.get(first)).isSameAs(Await.get(second));
    assertThat(Await.get(blocks.current()).all()).containsExactly(BLOCK);
    assertThat(store.reads).isEqualTo(2);
    assertThat(heard).containsExactly(1);
  }

  /** Gives the answer it was told last, and counts. */
  private static final class FakeBlockStore implements BlockStore {
    private Future<List<Block>> answer = Future.succeededFuture(List.of());
    private int reads;

    @Override
    public Future<List<Block>> list() {
      reads++;
      return answer;
    }

    @Override
    public Future<Boolean> add(Block block) {
      return Future.failedFuture("not asked for");
    }

    @Override
    public Future<Boolean> lift(BlockId id) {
      return Future.failedFuture("not asked for");
    }
  }
}
