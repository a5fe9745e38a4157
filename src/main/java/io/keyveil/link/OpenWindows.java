package io.keyveil.link;

import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The windows in which downloads run on this instance. They are kept from ending while something
 * runs in them, in the store, where the other instances look.
 */
public final class OpenWindows {
  private final ConcurrentMap<Place, Integer> running = new ConcurrentHashMap<>();
  private final Links links;
  private final Vertx vertx;
  private final long timer;

  public OpenWindows(Vertx vertx, Links links, LinkSettings settings) {
    this.vertx = vertx;
    this.links = links;
    this.timer = vertx.setPeriodic(settings.window().toMillis() / 3, now -> keepOpen());
  }

  /** A download begins to run. */
  public void begin(LinkId link, WindowId window) {
    var unused = running.merge(new Place(link, window), 1, Integer::sum);
  }

  /** One that {@link #begin} was told of has ended. */
  public void end(LinkId link, WindowId window) {
    var unused =
        running.computeIfPresent(
            new Place(link, window), (place, count) -> count == 1 ? null : count - 1);
  }

  public void close() {
    boolean unused = vertx.cancelTimer(timer);
  }

  /** A store that does not answer is asked again the next time. */
  void keepOpen() {
    Map<Place, Integer> now = new HashMap<>(running);
    now.keySet()
        .forEach(
            place -> {
              var unused = links.runs(place.link(), place.window()).otherwiseEmpty();
            });
  }

  /** Where a download runs. */
  private record Place(LinkId link, WindowId window) {}
}
