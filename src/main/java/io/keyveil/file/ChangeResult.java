package io.keyveil.file;

import java.util.Optional;
import java.util.function.Function;

/** What became of a change. */
public sealed interface ChangeResult {
  <R> R match(Function<FileRecord, R> changed, Function<FileRecord, R> lost, R missing);

  /** The file, if it is now as it was asked to be. */
  default Optional<FileRecord> changed() {
    return match(Optional::of, current -> Optional.empty(), Optional.empty());
  }

  /** The file is now as it was asked to be. */
  record Changed(FileRecord file) implements ChangeResult {
    @Override
    public <R> R match(Function<FileRecord, R> changed, Function<FileRecord, R> lost, R missing) {
      return changed.apply(file);
    }
  }

  /** The file is not at the expected revision; it stays as it is. */
  record Lost(FileRecord current) implements ChangeResult {
    @Override
    public <R> R match(Function<FileRecord, R> changed, Function<FileRecord, R> lost, R missing) {
      return lost.apply(current);
    }
  }

  /** There is no such file. */
  record Missing() implements ChangeResult {
    @Override
    public <R> R match(Function<FileRecord, R> changed, Function<FileRecord, R> lost, R missing) {
      return missing;
    }
  }
}
