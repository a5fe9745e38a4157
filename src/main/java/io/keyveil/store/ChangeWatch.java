package io.keyveil.store;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * Notices that records were changed, by whatever process, so that caches can be emptied: a
 * revocation has to reach every instance within a second.
 *
 * <p>Triggers count the changes of records (not new ones, which nobody can have cached) in a table,
 * and the watch polls the count. The count is part of the change's own transaction, so that it
 * cannot be seen before the change can. One scheme serves both databases; SQLite's {@code
 * data_version} would tell less, since it also moves with every insert of this very process.
 *
 * <p>Doubt counts as change: when a poll fails, or is still unanswered when the next one is due,
 * the caches are emptied, and readers find out for themselves whether the store answers.
 */
public final class ChangeWatch {
  public static final Duration INTERVAL = Duration.ofMillis(200);

  private final Vertx vertx;
  private final Database database;
  private final Runnable changed;

  private OptionalLong seen = OptionalLong.empty();
  private boolean polling;
  private OptionalLong timer = OptionalLong.empty();

  /**
   * Makes a watch that does not run yet.
   *
   * @param changed what to do when something may have changed; runs on the watch's own context
   */
  public ChangeWatch(Vertx vertx, Database database, Runnable changed) {
    this.vertx = vertx;
    this.database = database;
    this.changed = changed;
  }

  /**
   * Begins to poll. The first answer counts as a change, as there is nothing to compare it with.
   */
  public void start(Duration interval) {
    timer = OptionalLong.of(vertx.setPeriodic(interval.toMillis(), id -> tick()));
  }

  public void stop() {
    timer.ifPresent(vertx::cancelTimer);
  }

  /** What is due at each interval. */
  void tick() {
    if (polling) {
      changed.run();
      return;
    }
    polling = true;
    poll().onComplete(done -> polling = false);
  }

  /** Asks once; the future never fails. */
  Future<Void> poll() {
    return database.watch(ChangeWatch::count).transform(this::compare);
  }

  private Future<Void> compare(AsyncResult<Long> answer) {
    OptionalLong now = answer.succeeded() ? OptionalLong.of(answer.result()) : OptionalLong.empty();
    if (now.isEmpty() || !now.equals(seen)) {
      changed.run();
    }
    seen = now;
    return Future.succeededFuture();
  }

  static long count(Connection connection) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement("SELECT counter FROM changes");
        ResultSet row = select.executeQuery()) {
      if (!row.next()) {
        throw new SQLException("no count of changes");
      }
      return row.getLong(1);
    }
  }
}
