package io.keyveil.limit;

import io.github.bucket4j.TimeMeter;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/**
 * Time that never runs back. A clock that is set back by an hour would otherwise fill no bucket for
 * an hour; here time goes on from where it was. Shared by all event loops, without a lock.
 */
final class SteadyTime implements TimeMeter {
  /** Threads may see the clock so far apart; more than that, and it was set. */
  private static final long APART = 1_000;

  private final InstantSource clock;

  /** What the clock showed last. */
  private volatile long latest;

  /** How far it was set back in all. */
  private volatile long lost;

  SteadyTime(InstantSource clock) {
    this.clock = clock;
    this.latest = clock.millis();
  }

  @Override
  public long currentTimeNanos() {
    long now = clock.millis();
    if (now > latest) {
      latest = now;
    } else if (now < latest - APART) {
      setBack(now);
    }
    return TimeUnit.MILLISECONDS.toNanos(Math.max(now, latest) + lost);
  }

  private synchronized void setBack(long now) {
    if (now < latest - APART) {
      lost += latest - now;
      latest = now;
    }
  }

  @Override
  public boolean isWallClockBased() {
    return false;
  }
}
