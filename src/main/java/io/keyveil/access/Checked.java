package io.keyveil.access;

import java.util.function.Function;

/** One step of verification: it passed with a value, or it was refused for a reason. */
sealed interface Checked<T> {
  <R> R match(Function<T, R> passed, Function<Rejection, R> refused);

  /** Takes the next step where this one passed. */
  default <U> Checked<U> then(Function<T, Checked<U>> next) {
    return match(next, Refused::new);
  }

  /** The value of a step that held. */
  record Passed<T>(T value) implements Checked<T> {
    @Override
    public <R> R match(Function<T, R> passed, Function<Rejection, R> refused) {
      return passed.apply(value);
    }
  }

  /** Why a step did not hold. */
  record Refused<T>(Rejection reason) implements Checked<T> {
    @Override
    public <R> R match(Function<T, R> passed, Function<Rejection, R> refused) {
      return refused.apply(reason);
    }
  }
}
