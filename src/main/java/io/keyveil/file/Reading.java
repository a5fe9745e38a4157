package io.keyveil.file;

import java.util.List;
import java.util.function.Function;

/** What became of reading a request: a valid wish, or everything that is wrong with it at once. */
public sealed interface Reading<T> {
  <R> R match(Function<T, R> valid, Function<List<FieldProblem>, R> invalid);

  /** The request is valid. */
  record Valid<T>(T wish) implements Reading<T> {
    @Override
    public <R> R match(Function<T, R> valid, Function<List<FieldProblem>, R> invalid) {
      return valid.apply(wish);
    }
  }

  /** The request is not valid, for these reasons. */
  record Invalid<T>(List<FieldProblem> problems) implements Reading<T> {
    public Invalid {
      problems = List.copyOf(problems);
    }

    @Override
    public <R> R match(Function<T, R> valid, Function<List<FieldProblem>, R> invalid) {
      return invalid.apply(problems);
    }
  }
}
