package io.keyveil.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Closes connections on which no request runs for too long: idle ones, and those whose client never
 * finishes its header fields; {@link PublicRouter} has them end requests whose body does not come.
 * A connection with a running answer is never idle, however slowly its client reads; its transfer
 * watches that. One for each event loop, and used on it alone.
 */
final class IdleConnections {
  private final Map<HttpConnection, Use> open = new HashMap<>();
  private final Vertx vertx;
  private final Duration patience;

  IdleConnections(Vertx vertx, Duration patience) {
    this.vertx = vertx;
    this.patience = patience;
  }

  void opened(HttpConnection connection) {
    Use use = new Use();
    open.put(connection, use);
    connection.closeHandler(closed -> closed(connection));
    wait(connection, use);
  }

  /** A request has begun. */
  void busy(HttpConnection connection) {
    Use use = open.get(connection);
    if (use != null) {
      use.requests++;
      vertx.cancelTimer(use.timer);
    }
  }

  /** A request is over. */
  void done(HttpConnection connection) {
    Use use = open.get(connection);
    if (use != null && --use.requests == 0) {
      wait(connection, use);
    }
  }

  private void wait(HttpConnection connection, Use use) {
    use.timer = afterPatience(connection::close);
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

  private void closed(HttpConnection connection) {
    Use use = open.remove(connection);
    if (use != null) {
      vertx.cancelTimer(use.timer);
    }
  }

  /** How many requests run on a connection, and the timer that runs when none does. */
  private static final class Use {
    private int requests;
    private long timer = -1;
  }
}
