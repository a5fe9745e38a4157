package io.keyveil.http;

import io.keyveil.delivery.Lookout;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Closes connections on which no request runs for too long: idle ones, those whose client never
 * finishes its header fields, and, sooner, those that have never had a request; {@link
 * PublicRouter} has them end requests whose body does not come. A connection with a running answer
 * is never idle, however slowly its client reads; its transfer watches that. One for each event
 * loop, and used on it alone.
 */
final class IdleConnections {
  /** Looks that find a connection idle before it is closed: it may stay for an eighth longer. */
  private static final int LOOKS = 8;

  private final Map<HttpConnection, Use> open = new HashMap<>();
  private final Lookout used;
  private final Lookout fresh;
  private final Vertx vertx;
  private final Duration patience;

  /**
   * Nothing is open yet.
   *
   * @param first how long a connection may take until its first request
   * @param patience how long it may be idle after that
   */
  IdleConnections(Vertx vertx, Duration first, Duration patience) {
    this.vertx = vertx;
    this.patience = patience;
    this.fresh = new Lookout(vertx, first.dividedBy(LOOKS));
    this.used = new Lookout(vertx, patience.dividedBy(LOOKS));
  }

  void opened(HttpConnection connection) {
    Use use = new Use(connection);
    open.put(connection, use);
    fresh.add(use);
  }

  /** It is gone, however that came. */
  void closed(HttpConnection connection) {
    Use use = open.remove(connection);
    if (use != null) {
      fresh.remove(use);
      used.remove(use);
    }
  }

  /** Whatever else comes on it is to be dropped: nobody knows where a request would begin. */
  void condemn(HttpConnection connection) {
    Use use = open.get(connection);
    if (use != null) {
      use.isCondemned = true;
    }
  }

  /** Whether what comes on it is to be dropped. */
  boolean isCondemned(HttpConnection connection) {
    Use use = open.get(connection);
    return use != null && use.isCondemned;
  }

  /** A request has begun. */
  void busy(HttpConnection connection) {
    Use use = open.get(connection);
    if (use != null) {
      use.requests++;
      if (use.isFresh) {
        use.isFresh = false;
        fresh.remove(use);
        used.add(use);
      }
    }
  }

  /** A request is over. */
  void done(HttpConnection connection) {
    Use use = open.get(connection);
    if (use != null) {
      use.requests--;
      use.idleLooks = 0;
    }
  }

  /** Ends what takes too long, unless that is cancelled in time. */
  long afterPatience(Supplier<Future<Void>> ending) {
    return vertx.setTimer(
        patience.toMillis(),
        late -> {
          var unused = ending.get();
        });
  }

  /** What was to be ended has come to its end. */
  void cancel(long timer) {
    vertx.cancelTimer(timer);
  }

  /** How many requests run on a connection, and how often in a row none was found. */
  private static final class Use implements Lookout.Watched {
    private final HttpConnection connection;
    private int requests;
    private int idleLooks;
    private boolean isFresh = true;
    private boolean isCondemned;

    Use(HttpConnection connection) {
      this.connection = connection;
    }

    @Override
    public void look() {
      if (requests == 0 && idleLooks++ >= LOOKS) {
        var unused = connection.close();
      }
    }
  }
}
