package io.keyveil.delivery;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether somebody still wants what is being asked for, and what to tell S3 of the trace that it
 * belongs to. Whoever works on it says how that work is stopped, each step in place of the one
 * before. Used on one event loop alone.
 */
public final class Interest {
  private final Optional<String> traceParent;
  private @Nullable Runnable stop;
  private boolean lost;

  /** Of something that belongs to no trace. */
  public Interest() {
    this(Optional.empty());
  }

  /**
   * Somebody wants it.
   *
   * @param traceParent the field to pass on
   */
  public Interest(Optional<String> traceParent) {
    this.traceParent = traceParent;
  }

  public Optional<String> traceParent() {
    return traceParent;
  }

  /** Nobody wants it any more: stops what is being done for it. May be called repeatedly. */
  public void lose() {
    lost = true;
    Runnable last = stop;
    stop = null;
    if (last != null) {
      last.run();
    }
  }

  public boolean lost() {
    return lost;
  }

  /** Says how to stop what is being done now; runs it at once if the interest is lost already. */
  public void whenLost(Runnable step) {
    if (lost) {
      step.run();
    } else {
      stop = step;
    }
  }
}
