package io.keyveil.access;

import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What is known of an issuer's published keys at one moment. The methods of a state are the moves
 * that lead out of it; one that a state does not allow leaves it as it is.
 *
 * <pre>
 * Empty --refreshing--> Refreshing --read--> Steady --refreshing--> Refreshing --failed--> Stale
 *   ^                       |                                                                |
 *   +-------failed----------+<---------------------------refreshing--------------------------+
 * any --closed--> Closed
 * </pre>
 */
sealed interface KeyState {
  /** The keys to verify with, unless they are older than that. */
  Optional<JwkSet> keys(Instant now, Duration maxAge);

  /** What is wrong, for the operator; nothing while all is well. */
  Optional<String> problem();

  /** When the set was last tried to be read, if it was. */
  Optional<Instant> lastAttempt();

  /** The attempt that is under way. */
  default Optional<Future<Void>> underWay() {
    return Optional.empty();
  }

  /** An attempt to read the set begins. */
  KeyState refreshing(Future<Void> attempt, Instant now);

  /** The attempt gave a set. */
  default KeyState read(JwkSet set, Instant now) {
    return this;
  }

  /** The attempt gave none; keys that were good stay good for a while. */
  default KeyState failed(String why) {
    return this;
  }

  /** The end. */
  default KeyState closed() {
    return new Closed();
  }

  /** There are no keys, and never were. */
  record Empty(String why, Optional<Instant> lastAttempt) implements KeyState {
    @Override
    public Optional<JwkSet> keys(Instant now, Duration maxAge) {
      return Optional.empty();
    }

    @Override
    public Optional<String> problem() {
      return Optional.of(why);
    }

    @Override
    public KeyState refreshing(Future<Void> attempt, Instant now) {
      return new Refreshing(this, attempt, now);
    }
  }

  /**
   * A set is being read; until it is there, what was before goes on.
   *
   * @param before what was before
   * @param attempt ends with the attempt, and never fails
   * @param began when the attempt began
   */
  record Refreshing(KeyState before, Future<Void> attempt, Instant began) implements KeyState {
    @Override
    public Optional<JwkSet> keys(Instant now, Duration maxAge) {
      return before.keys(now, maxAge);
    }

    @Override
    public Optional<String> problem() {
      return before.problem();
    }

    @Override
    public Optional<Instant> lastAttempt() {
      return Optional.of(began);
    }

    @Override
    public Optional<Future<Void>> underWay() {
      return Optional.of(attempt);
    }

    @Override
    public KeyState refreshing(Future<Void> another, Instant now) {
      return this;
    }

    /** The time of the question counts: a key may have been removed since. */
    @Override
    public KeyState read(JwkSet set, Instant now) {
      return new Steady(set, began);
    }

    @Override
    public KeyState failed(String why) {
      if (before instanceof Steady steady) {
        return new Stale(steady.set(), steady.readAt(), why, began);
      }
      if (before instanceof Stale stale) {
        return new Stale(stale.set(), stale.readAt(), why, began);
      }
      return new Empty(why, Optional.of(began));
    }
  }

  /** The last attempt gave the set. */
  record Steady(JwkSet set, Instant readAt) implements KeyState {
    @Override
    public Optional<JwkSet> keys(Instant now, Duration maxAge) {
      return unlessOlder(set, readAt, now, maxAge);
    }

    @Override
    public Optional<String> problem() {
      return Optional.empty();
    }

    @Override
    public Optional<Instant> lastAttempt() {
      return Optional.of(readAt);
    }

    @Override
    public KeyState refreshing(Future<Void> attempt, Instant now) {
      return new Refreshing(this, attempt, now);
    }
  }

  /**
   * The last attempt failed, and the set is from an earlier one.
   *
   * @param set the last good set
   * @param readAt when it was asked for
   * @param why why there is none newer
   * @param triedAt when that was found
   */
  record Stale(JwkSet set, Instant readAt, String why, Instant triedAt) implements KeyState {
    @Override
    public Optional<JwkSet> keys(Instant now, Duration maxAge) {
      return unlessOlder(set, readAt, now, maxAge);
    }

    @Override
    public Optional<String> problem() {
      return Optional.of(why);
    }

    @Override
    public Optional<Instant> lastAttempt() {
      return Optional.of(triedAt);
    }

    @Override
    public KeyState refreshing(Future<Void> attempt, Instant now) {
      return new Refreshing(this, attempt, now);
    }
  }

  /** Nothing is verified any more. */
  record Closed() implements KeyState {
    @Override
    public Optional<JwkSet> keys(Instant now, Duration maxAge) {
      return Optional.empty();
    }

    @Override
    public Optional<String> problem() {
      return Optional.of("closed");
    }

    @Override
    public Optional<Instant> lastAttempt() {
      return Optional.empty();
    }

    @Override
    public KeyState refreshing(Future<Void> attempt, Instant now) {
      return this;
    }
  }

  private static Optional<JwkSet> unlessOlder(
      JwkSet set, Instant readAt, Instant now, Duration maxAge) {
    return now.isBefore(readAt.plus(maxAge)) ? Optional.of(set) : Optional.empty();
  }
}
