package io.keyveil.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.keyveil.file.StoreUnavailableException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connections with a thread for each and a bounded queue of work before them. */
final class Lane {
  private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

  private final Vertx vertx;
  private final HikariDataSource connections;
  private final ThreadPoolExecutor threads;

  Lane(Vertx vertx, HikariConfig pool, int queueLimit) {
    this.vertx = vertx;
    this.connections = new HikariDataSource(pool);
    this.threads =
        new ThreadPoolExecutor(
            pool.getMaximumPoolSize(),
            pool.getMaximumPoolSize(),
            30,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(queueLimit),
            work -> daemon(work, pool.getPoolName()));
    threads.allowCoreThreadTimeOut(true);
  }

  /** Does the work on one of the threads; the future ends on the caller's context. */
  <T> Future<T> submit(SqlWork<T> work) {
    Promise<T> promise = Promise.promise();
    Context caller = vertx.getOrCreateContext();
    try {
      threads.execute(() -> finish(caller, promise, attempt(work)));
    } catch (RejectedExecutionException e) {
      return Future.failedFuture(
          new StoreUnavailableException(
              threads.isShutdown() ? "the store is closed" : "store queue is full"));
    }
    return promise.future();
  }

  /** How many connections work now. */
  int active() {
    return connections.getHikariPoolMXBean().getActiveConnections();
  }

  /** How many connections stand ready. */
  int idle() {
    return connections.getHikariPoolMXBean().getIdleConnections();
  }

  /** How much work waits for a connection. */
  int waiting() {
    return threads.getQueue().size();
  }

  /** Takes no more work, lets what waits finish, and closes the connections. Blocks. */
  void close(long timeout, TimeUnit unit) {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(timeout, unit)) {
        LOG.atWarn().log("store closed with work unfinished");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    connections.close();
  }

  private <T> Future<T> attempt(SqlWork<T> work) {
    try (Connection connection = connections.getConnection()) {
      return Future.succeededFuture(work.on(connection));
    } catch (SQLException e) {
      return Future.failedFuture(SqlFailure.hidden(e));
    } catch (StoreUnavailableException e) {
      return Future.failedFuture(e);
    } catch (RuntimeException e) {
      return Future.failedFuture(
          new StoreUnavailableException("the store failed (" + e.getClass().getSimpleName() + ")"));
    }
  }

  private static <T> void finish(Context caller, Promise<T> promise, Future<T> result) {
    try {
      caller.runOnContext(done -> promise.handle(result));
    } catch (RejectedExecutionException e) {
      // Vert.x is gone already, and a command that waits on its way out still wants its answer.
      promise.handle(result);
    }
  }

  private static Thread daemon(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }
}
