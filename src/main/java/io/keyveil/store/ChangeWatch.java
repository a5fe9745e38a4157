package io.keyveil.store;

import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
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
 * <p>Where the database says by itself when something was committed, the count is read at once
 * then, and the poll only finds what was missed.
 *
 * <p>Doubt counts as change: when a poll fails, or is still unanswered when the next one is due,
 * the caches are emptied, and readers find out for themselves whether the store answers. Where it
 * is asked for, that waits for a while, in which a store that comes back has only to tell whether
 * the count has moved.
 */
public final class ChangeWatch {
  public static final Duration INTERVAL = Duration.ofMillis(200);

  private final Vertx vertx;
  private final Database database;
  private final Duration patience;
  private final InstantSource clock;
  private final Runnable changed;
  private final Context context;

  private OptionalLong seen = OptionalLong.empty();
  private Instant lastAnswer;
  private boolean polling;
  private boolean looking;
  private boolean lookAgain;
  private OptionalLong timer = OptionalLong.empty();
  private Optional<AutoCloseable> listener = Optional.empty();

  /**
   * Makes a watch that does not run yet.
   *
   * @param patience how long a store that does not answer is not yet taken for a changed one
   * @param changed what to do when something may have changed; runs on the watch's own context
   */
  public ChangeWatch(
      Vertx vertx, Database database, Duration patience, InstantSource clock, Runnable changed) {
    this.vertx = vertx;
    this.database = database;
    this.patience = patience;
    this.clock = clock;
    this.changed = changed;
    this.context = vertx.getOrCreateContext();
    this.lastAnswer = clock.instant();
  }

  /**
   * Begins to poll. The first answer counts as a change, as there is nothing to compare it with.
   */
  public void start(Duration interval) {
    timer = OptionalLong.of(vertx.setPeriodic(interval.toMillis(), id -> tick()));
    listener = Optional.of(database.listen(() -> context.runOnContext(now -> look())));
  }

  /** Blocks for as long as it takes to stop listening. */
  public void stop() {
    timer.ifPresent(vertx::cancelTimer);
    listener.ifPresent(ChangeWatch::close);
  }

  private static void close(AutoCloseable listener) {
    try {
      listener.close();
    } catch (Exception e) {
      throw new IllegalStateException("a listener that cannot be closed", e);
    }
  }

  /** Whether a store that does not answer has had its time. */
  private boolean isDoubtful() {
    return !clock.instant().isBefore(lastAnswer.plus(patience));
  }

  /** Something was committed: a poll that is under way may have missed it, so one more follows. */
  private void look() {
    if (looking) {
      lookAgain = true;
      return;
    }
    looking = true;
    var unused =
        poll()
            .onComplete(
                looked -> {
                  looking = false;
                  if (lookAgain) {
                    lookAgain = false;
                    look();
                  }
                });
  }

  /** What is due at each interval. */
  void tick() {
    if (polling) {
      if (isDoubtful()) {
        changed.run();
      }
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
    if (answer.failed()) {
      if (isDoubtful()) {
        seen = OptionalLong.empty();
        changed.run();
      }
      return Future.succeededFuture();
    }
    lastAnswer = clock.instant();
    OptionalLong now = OptionalLong.of(answer.result());
    if (!now.equals(seen)) {
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
