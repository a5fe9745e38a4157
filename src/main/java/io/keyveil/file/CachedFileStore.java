package io.keyveil.file;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what another store answered, unknown IDs included, so that known and unknown ones cost
 * the same.
 *
 * <p>The map holds the answers as futures from the moment they are asked for. Whoever asks for the
 * same ID meanwhile shares the one load. An invalidation removes the future itself, finished or
 * not, and nothing ever puts a finished answer back: a load that began before a revocation still
 * answers those who waited for it, but nobody after. Failed loads leave the map before their
 * callers hear of them. (Caffeine's own asynchronous cache does the same, but writes a stack trace
 * for every failed load, of which a store that is down makes thousands.)
 */
public final class CachedFileStore implements FileStore {
  /** How long an unknown ID is believed to be unknown; other processes register files as well. */
  private static final Duration UNKNOWN_AGE = Duration.ofSeconds(5);

  private final FileStore store;
  private final Cache<FileId, Future<Optional<FileRecord>>> files;

  public CachedFileStore(FileStore store, FileCacheSettings settings) {
    this(store, settings, Ticker.systemTicker());
  }

  CachedFileStore(FileStore store, FileCacheSettings settings, Ticker ticker) {
    this.store = store;
    this.files =
        Caffeine.newBuilder()
            .maximumSize(settings.maxEntries())
            .expireAfter(
                Expiry.writing(
                    (FileId id, Future<Optional<FileRecord>> answer) ->
                        age(answer, settings.maxAge())))
            .ticker(ticker)
            .recordStats()
            .executor(Runnable::run)
            .build();
  }

  /** Forgets everything: somebody else changed the store, or may have. */
  public void invalidateAll() {
    files.asMap().clear();
  }

  /** How often an answer was there already, or on its way. */
  public long hits() {
    return files.stats().hitCount();
  }

  /** How often the store had to be asked. */
  public long misses() {
    return files.stats().missCount();
  }

  @Override
  public Future<Optional<FileRecord>> find(FileId id) {
    Future<Optional<FileRecord>> present = files.getIfPresent(id);
    return onCaller(present == null ? load(id) : present);
  }

  @Override
  public Future<Void> insert(FileRecord file) {
    return store.insert(file).andThen(done -> invalidate(file.id()));
  }

  @Override
  public Future<FileRecord> insertOnce(FileRecord file, String importKey) {
    return store.insertOnce(file, importKey).andThen(done -> invalidate(file.id()));
  }

  @Override
  public Future<Optional<FileRecord>> findImported(String importKey) {
    return store.findImported(importKey);
  }

  @Override
  public Future<Replacement> replace(FileRecord file) {
    // Even a failed write may have been committed, so it forgets too.
    return store.replace(file).andThen(done -> invalidate(file.id()));
  }

  @Override
  public Future<List<FileRecord>> list(Optional<FileId> after, int limit) {
    return store.list(after, limit);
  }

  private Future<Optional<FileRecord>> load(FileId id) {
    Promise<Optional<FileRecord>> promise = Promise.promise();
    Future<Optional<FileRecord>> mine = promise.future();
    Future<Optional<FileRecord>> others = files.asMap().putIfAbsent(id, mine);
    if (others != null) {
      return others;
    }
    store.find(id).onComplete(answer -> settle(id, promise, answer));
    return mine;
  }

  /** Drops a failure, or starts the clock of an answer; touches nothing but this very load. */
  private void settle(
      FileId id, Promise<Optional<FileRecord>> load, AsyncResult<Optional<FileRecord>> answer) {
    if (answer.failed()) {
      files.asMap().remove(id, load.future());
    }
    load.handle(answer);
    if (answer.succeeded()) {
      files.asMap().replace(id, load.future(), load.future());
    }
  }

  private void invalidate(FileId id) {
    files.asMap().remove(id);
  }

  private static Duration age(Future<Optional<FileRecord>> answer, Duration maxAge) {
    boolean unknown = answer.succeeded() && answer.result().isEmpty();
    return unknown && UNKNOWN_AGE.compareTo(maxAge) < 0 ? UNKNOWN_AGE : maxAge;
  }

  /** A shared load ends on the context of whoever began it; each caller goes on with their own. */
  private static <T> Future<T> onCaller(Future<T> shared) {
    @Nullable Context context = Vertx.currentContext();
    return context == null || shared.isComplete()
        ? shared
        : Future.fromCompletionStage(shared.toCompletionStage(), context);
  }
}
