package io.keyveil.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears at once of changes that others commit in PostgreSQL ({@code LISTEN}), on a connection and a
 * thread of its own.
 *
 * <p>It only says when to look. What was missed, while there was no connection or where a proxy
 * swallows notifications, the count of changes tells, which is polled besides: so each new
 * connection, and each one lost, is word of a change.
 */
final class PostgresListener implements AutoCloseable {
  static final String CHANNEL = "keyveil_changes";

  private static final Logger LOG = LoggerFactory.getLogger(PostgresListener.class);

  /** How long one wait for notifications lasts, in milliseconds. */
  private static final int WAIT = 1_000;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private final CountDownLatch closed = new CountDownLatch(1);
  private final DataSource source;
  private final Runnable look;
  private final Thread thread;

  /**
   * Begins to listen.
   *
   * @param look what to do when something may have changed; runs on the listener's thread
   */
  PostgresListener(DataSource source, Runnable look) {
    this.source = source;
    this.look = look;
    this.thread = new Thread(this::run, "store-listen");
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    Duration pause = FIRST_PAUSE;
    while (closed.getCount() > 0) {
      try (Connection connection = source.getConnection()) {
        pause = FIRST_PAUSE;
        listen(connection);
      } catch (SQLException e) {
        if (closed.getCount() > 0) {
          LOG.atWarn().addKeyValue("codes", SqlFailure.codes(e)).log("store not listened to");
          look.run();
        }
      }
      if (isClosedWithin(pause)) {
        return;
      }
      pause =
          pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0
              ? LONGEST_PAUSE
              : pause.multipliedBy(2);
    }
  }

  private void listen(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      boolean unused = statement.execute("LISTEN " + CHANNEL);
    }
    look.run();
    PGConnection postgres = connection.unwrap(PGConnection.class);
    while (closed.getCount() > 0) {
      PGNotification[] heard = postgres.getNotifications(WAIT);
      if (heard != null && heard.length > 0) {
        look.run();
      } else if (!connection.isValid(WAIT / 1_000)) {
        throw new SQLException("the connection is gone", "08006");
      }
    }
  }

  private boolean isClosedWithin(Duration pause) {
    try {
      return closed.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return true;
    }
  }

  /** Ends within the wait that runs. Blocks no longer than that. */
  @Override
  public void close() {
    closed.countDown();
    try {
      thread.join(2L * WAIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
