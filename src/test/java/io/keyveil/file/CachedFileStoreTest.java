package io.keyveil.file;

import static io.keyveil.file.Await.failure;
import static io.keyveil.file.Await.get;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Ticker;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The cache keeps the contract, asks seldom, and never believes what is out of date. */
final class CachedFileStoreTest extends FileStoreContract {
  private final FileStore contractStore =
      new CachedFileStore(new InMemoryFileStore(), FileCacheSettings.DEFAULTS);
  private final AtomicLong nanos = new AtomicLong();
  private final SlowStore slow = new SlowStore();
  private final CachedFileStore cache =
      new CachedFileStore(
          slow, new FileCacheSettings(100, Duration.ofSeconds(60), Duration.ZERO), ticker());
  private final FileRecord file = SampleFiles.file();
  private final FileRecord revoked = FileChange.REVOCATION.applyTo(file);

  @Override
  protected FileStore store() {
    return contractStore;
  }

  private Ticker ticker() {
    return nanos::get;
  }

  @Test
  void asksOnceForManyWhoAskAtOnce() {
    Future<Optional<FileRecord>> first = cache.find(file.id());
    Future<Optional<FileRecord>> second = cache.find(file.id());
    slow.answer(0, file);
    assertThat(get(first)).contains(file);
    assertThat(get(second)).contains(file);
    assertThat(get(cache.find(file.id()))).contains(file);
    assertThat(slow.loads).hasSize(1);
  }

  @Test
  void forgetsAfterItsAge() {
    Future<Optional<FileRecord>> first = cache.find(file.id());
    slow.answer(0, file);
    assertThat(get(first)).contains(file);
    nanos.addAndGet(Duration.ofSeconds(59).toNanos());
    assertThat(cache.find(file.id()).isComplete()).isTrue();
    nanos.addAndGet(Duration.ofSeconds(2).toNanos());
    assertThat(cache.find(file.id()).isComplete()).isFalse();
  }

  @Test
  void remembersAnUnknownIdForAShortTime() {
    Future<Optional<FileRecord>> first = cache.find(file.id());
    slow.loads.get(0).complete(Optional.empty());
    assertThat(get(first)).isEmpty();
    nanos.addAndGet(Duration.ofSeconds(4).toNanos());
    assertThat(get(cache.find(file.id()))).isEmpty();
    nanos.addAndGet(Duration.ofSeconds(2).toNanos());
    assertThat(cache.find(file.id()).isComplete()).isFalse();
  }

  @Test
  void doesNotRememberFailures() {
    Future<Optional<FileRecord>> first = cache.find(file.id());
    slow.loads.get(0).fail(new StoreUnavailableException("down"));
    assertThat(failure(first)).hasMessage("down");
    Future<Optional<FileRecord>> second = cache.find(file.id());
    slow.answer(1, file);
    assertThat(get(second)).contains(file);
  }

  @Test
  void doesNotPutBackALoadThatBeganBeforeAnInvalidation() {
    Future<Optional<FileRecord>> early = cache.find(file.id());
    cache.invalidateAll();
    Future<Optional<FileRecord>> late = cache.find(file.id());
    slow.answer(1, revoked);
    slow.answer(0, file);
    assertThat(get(early)).contains(file);
    assertThat(get(late)).contains(revoked);
    assertThat(get(cache.find(file.id()))).contains(revoked);
  }

  @Test
  void doesNotPutBackALoadThatEndsAfterAnInvalidationWithNobodyAskingSince() {
    Future<Optional<FileRecord>> early = cache.find(file.id());
    cache.invalidateAll();
    slow.answer(0, file);
    assertThat(get(early)).contains(file);
    assertThat(cache.find(file.id()).isComplete()).isFalse();
  }

  @Test
  void doesNotPutBackALoadThatBeganBeforeAnOwnWrite() {
    Future<Optional<FileRecord>> early = cache.find(file.id());
    var unused = get(cache.replace(revoked));
    slow.answer(0, file);
    assertThat(get(early)).contains(file);
    assertThat(cache.find(file.id()).isComplete()).isFalse();
  }

  @Test
  void aFailedLoadDoesNotRemoveTheOneThatFollowedIt() {
    Future<Optional<FileRecord>> early = cache.find(file.id());
    cache.invalidateAll();
    Future<Optional<FileRecord>> late = cache.find(file.id());
    slow.answer(1, revoked);
    slow.loads.get(0).fail(new StoreUnavailableException("down"));
    assertThat(failure(early)).hasMessage("down");
    assertThat(get(late)).contains(revoked);
    assertThat(cache.find(file.id()).isComplete()).isTrue();
  }

  @Test
  void answersASharedLoadOnTheContextOfEachWhoAsked() {
    Vertx vertx = Vertx.vertx();
    Context context = vertx.getOrCreateContext();
    Promise<Object> result = Promise.promise();
    Promise<Void> asked = Promise.promise();
    context.runOnContext(
        go -> {
          cache
              .find(file.id())
              .onComplete(
                  answer ->
                      result.complete(
                          Vertx.currentContext() == context ? answer.cause() : "elsewhere"));
          asked.complete();
        });
    get(asked.future());
    slow.loads.get(0).fail(new StoreUnavailableException("down"));
    assertThat(get(result.future())).isInstanceOf(StoreUnavailableException.class);
    vertx.close().await();
  }

  /** A store that answers when the test says so. */
  private static final class SlowStore implements FileStore {
    private final List<Promise<Optional<FileRecord>>> loads = new ArrayList<>();

    void answer(int load, FileRecord file) {
      loads.get(load).complete(Optional.of(file));
    }

    @Override
    public Future<Optional<FileRecord>> find(FileId id) {
      loads.add(Promise.promise());
      return loads.get(loads.size() - 1).future();
    }

    @Override
    public Future<Void> insert(FileRecord file) {
      return Future.succeededFuture();
    }

    @Override
    public Future<FileRecord> insertOnce(FileRecord file, String importKey) {
      return Future.succeededFuture(file);
    }

    @Override
    public Future<Optional<FileRecord>> findImported(String importKey) {
      return Future.succeededFuture(Optional.empty());
    }

    @Override
    public Future<Replacement> replace(FileRecord file) {
      return Future.succeededFuture(new Replacement.Replaced(file));
    }

    @Override
    public Future<List<FileRecord>> list(Optional<FileId> after, int limit) {
      return Future.succeededFuture(List.of());
    }
  }
}
