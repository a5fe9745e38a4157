package io.keyveil.delivery;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Looks at what runs on one event loop again and again, with one timer for all of it: a timer for
 * each request would cost more than the request's decision. Used on that event loop alone.
 */
public final class Lookout {
  private final Set<Watched> all = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Vertx vertx;
  private final Duration interval;
  private long timer = -1;

  /**
   * Nothing is looked at yet.
   *
   * @param interval the time between two looks, at least a millisecond; the first may come sooner
   */
  public Lookout(Vertx vertx, Duration interval) {
    this.vertx = vertx;
    this.interval = interval;
  }

  /** Something that may stand still. */
  public interface Watched {
    /** Called at each interval. */
    void look();
  }

  public void add(Watched watched) {
    all.add(watched);
    if (timer < 0) {
      timer = vertx.setPeriodic(Math.max(1, interval.toMillis()), tick -> lookAtAll());
    }
  }

  /** Does nothing if it is not watched. */
  public void remove(Watched watched) {
    all.remove(watched);
  }

  /** The timer rests only after a whole interval with nothing to look at. */
  private void lookAtAll() {
    if (all.isEmpty()) {
      vertx.cancelTimer(timer);
      timer = -1;
    }
    for (Watched watched : List.copyOf(all)) {
      if (all.contains(watched)) {
        watched.look();
      }
    }
  }
}
