package io.keyveil.file;

import io.vertx.core.Future;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Files in a map. */
public final class InMemoryFileStore implements FileStore {
  private final Map<FileId, FileRecord> files = new HashMap<>();
  private final Map<String, FileId> imports = new HashMap<>();

  @Override
  public synchronized Future<Optional<FileRecord>> find(FileId id) {
    return Future.succeededFuture(Optional.ofNullable(files.get(id)));
  }

  @Override
  public synchronized Future<Void> insert(FileRecord file) {
    if (files.putIfAbsent(file.id(), file) != null) {
      return Future.failedFuture(new StoreUnavailableException("the ID is taken"));
    }
    return Future.succeededFuture();
  }

  @Override
  public synchronized Future<FileRecord> insertOnce(FileRecord file, String importKey) {
    FileId kept = imports.computeIfAbsent(importKey, key -> file.id());
    files.putIfAbsent(kept, file);
    return Future.succeededFuture(files.get(kept));
  }

  @Override
  public synchronized Future<Optional<FileRecord>> findImported(String importKey) {
    return Future.succeededFuture(Optional.ofNullable(imports.get(importKey)).map(files::get));
  }

  @Override
  public synchronized Future<Replacement> replace(FileRecord file) {
    @Nullable FileRecord current = files.get(file.id());
    if (current == null) {
      return Future.succeededFuture(new Replacement.Missing());
    }
    if (current.revision() != file.revision() - 1) {
      return Future.succeededFuture(new Replacement.Lost(current));
    }
    files.put(file.id(), file);
    return Future.succeededFuture(new Replacement.Replaced(file));
  }

  @Override
  public synchronized Future<List<FileRecord>> list(Optional<FileId> after, int limit) {
    Comparator<FileRecord> order =
        Comparator.comparing(FileRecord::createdAt).thenComparing(file -> file.id().text());
    Optional<FileRecord> last = after.map(files::get);
    return Future.succeededFuture(
        files.values().stream()
            .filter(file -> last.map(end -> order.compare(file, end) > 0).orElse(after.isEmpty()))
            .sorted(order)
            .limit(limit)
            .toList());
  }
}
