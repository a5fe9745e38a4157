package io.keyveil.app;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what happens soon and cannot be listened for. */
final class Wait {
  private static final long LOOK_NANOS = 5_000_000;
  private static final long GUARD_NANOS = 30_000_000_000L;

  private Wait() {}

  /** Returns as soon as it holds; the guard is no measure of speed, only of hanging. */
  static void until(String what, BooleanSupplier holds) {
    long began = System.nanoTime();
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() - began > GUARD_NANOS) {
        throw new AssertionError("never happened: " + what);
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }
}
