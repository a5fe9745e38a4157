package io.keyveil.access;

import java.util.function.Function;

/** What became of a token: it speaks for a subject, or it was rejected for a reason. */
public sealed interface Verification {
  /** One function for each case. */
  <R> R match(Function<Subject, R> verified, Function<Rejection, R> rejected);

  /** The token holds. */
  record Verified(Subject subject) implements Verification {
    @Override
    public <R> R match(Function<Subject, R> verified, Function<Rejection, R> rejected) {
      return verified.apply(subject);
    }
  }

  /** The token does not hold; the reason is for the operator, never for the client. */
  record Rejected(Rejection reason) implements Verification {
    @Override
    public <R> R match(Function<Subject, R> verified, Function<Rejection, R> rejected) {
      return rejected.apply(reason);
    }
  }
}
