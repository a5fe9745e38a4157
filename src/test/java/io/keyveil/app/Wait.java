package io.keyveil.app;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what happens soon and cannot be listened for. */
final class Wait {
  private static final long LOOK_NANOS = 5_000_000;
  private static final Duration GUARD = Duration.ofSeconds(30);

  private Wait() {}

  /** Returns as soon as it holds; the guard is no measure of speed, only of hanging. */
  static void until(String what, BooleanSupplier holds) {
    until(what, GUARD, holds);
  }

  /**
   * The same for what somebody else's clock decides.
   *
   * @param guard longer than that can take
   */
  static void until(String what, Duration guard, BooleanSupplier holds) {
    long began = System.nanoTime();
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() - began > guard.toNanos()) {
        throw new AssertionError("never happened: " + what);
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }
}
