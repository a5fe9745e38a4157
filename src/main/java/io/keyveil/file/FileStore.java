package io.keyveil.file;

import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where file records are kept. A failed future means that the store gave no answer, and is a {@link
 * StoreUnavailableException}.
 */
public interface FileStore {
  Future<Optional<FileRecord>> find(FileId id);

  /** Keeps a new record. The ID must be new. */
  Future<Void> insert(FileRecord file);

  /**
   * Keeps a new record unless one was kept under the same import key before.
   *
   * @param importKey a digest that says what was imported, so that an import can be run again
   * @return the record that is now kept under the key: the given one, or the earlier one
   */
  Future<FileRecord> insertOnce(FileRecord file, String importKey);

  /** The record kept under this import key, whatever its state. */
  Future<Optional<FileRecord>> findImported(String importKey);

  /**
   * Replaces a record, if its revision is still the one before the new record's.
   *
   * @param file the record to keep; its revision is one more than the stored one must be
   */
  Future<Replacement> replace(FileRecord file);

  /**
   * A page of records, oldest first.
   *
   * @param after the last ID of the page before; empty for the first
   * @param limit how many at most
   */
  Future<List<FileRecord>> list(Optional<FileId> after, int limit);

  /** What became of a replacement. */
  sealed interface Replacement {
    <R> R match(Function<FileRecord, R> replaced, Function<FileRecord, R> lost, R missing);

    /** The new record is kept. */
    record Replaced(FileRecord file) implements Replacement {
      @Override
      public <R> R match(
          Function<FileRecord, R> replaced, Function<FileRecord, R> lost, R missing) {
        return replaced.apply(file);
      }
    }

    /** Somebody else changed the record first; it stays as it is. */
    record Lost(FileRecord current) implements Replacement {
      @Override
      public <R> R match(
          Function<FileRecord, R> replaced, Function<FileRecord, R> lost, R missing) {
        return lost.apply(current);
      }
    }

    /** There is no such record. */
    record Missing() implements Replacement {
      @Override
      public <R> R match(
          Function<FileRecord, R> replaced, Function<FileRecord, R> lost, R missing) {
        return missing;
      }
    }
  }
}
