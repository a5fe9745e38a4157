package io.keyveil.file;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What became of a registration. */
public sealed interface RegistrationResult {
  <R> R match(
      Function<FileRecord, R> registered,
      Function<FileRecord, R> known,
      Function<List<FieldProblem>, R> refused);

  /** The file that is registered, now or before. */
  default Optional<FileRecord> registered() {
    return match(Optional::of, Optional::of, refused -> Optional.empty());
  }

  /** The file is registered now. */
  record Registered(FileRecord file) implements RegistrationResult {
    @Override
    public <R> R match(
        Function<FileRecord, R> registered,
        Function<FileRecord, R> known,
        Function<List<FieldProblem>, R> refused) {
      return registered.apply(file);
    }
  }

  /** An import met the same wish before; this is the file of that time, in its present state. */
  record Known(FileRecord file) implements RegistrationResult {
    @Override
    public <R> R match(
        Function<FileRecord, R> registered,
        Function<FileRecord, R> known,
        Function<List<FieldProblem>, R> refused) {
      return known.apply(file);
    }
  }

  /** The object cannot be registered. */
  record Refused(List<FieldProblem> problems) implements RegistrationResult {
    public Refused {
      problems = List.copyOf(problems);
    }

    @Override
    public <R> R match(
        Function<FileRecord, R> registered,
        Function<FileRecord, R> known,
        Function<List<FieldProblem>, R> refused) {
      return refused.apply(problems);
    }
  }
}
