package io.keyveil.store;

import com.zaxxer.hikari.HikariConfig;
import io.keyveil.file.StoreUnavailableException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.sql.DataSource;

/**
 * The one door to blocking work: SQL runs on threads of its own, never on an event loop, with a
 * bounded queue before them.
 *
 * <p>There are three lanes. Readers have several connections. Writers share that lane in
 * PostgreSQL, but have one connection of their own in SQLite: it lets one writer in at a time, and
 * those who wait for its lock poll for it and may starve, whereas a queue in this process is fair;
 * readers see the last commit meanwhile (WAL). The watch for changes has a connection of its own,
 * so that a revocation by others is noticed while the readers' queue is full.
 */
public final class Database {
  private final StoreSettings settings;
  private final Dialect dialect;
  private final Lane readers;
  private final Lane writers;
  private final Lane watchers;

  private Database(Vertx vertx, StoreSettings settings, Dialect dialect) {
    this.settings = settings;
    this.dialect = dialect;
    this.readers = lane(vertx, "store", settings.poolSize(), settings.queueLimit());
    this.writers =
        settings.isSqlite() ? lane(vertx, "store-writer", 1, settings.queueLimit()) : readers;
    this.watchers = lane(vertx, "store-watch", 1, 2);
  }

  /**
   * Opens the store. Blocks; for startup, off the event loops.
   *
   * @throws StoreUnavailableException with one line for the operator, if there cannot be a store
   *     here; a file that is not ours stays untouched
   */
  public static Database open(Vertx vertx, StoreSettings settings) {
    Dialect dialect =
        settings.isSqlite() ? new SqliteDialect(settings) : new PostgresDialect(settings);
    dialect.prepare();
    return new Database(vertx, settings, dialect);
  }

  /**
   * Opens what is there, to be looked at: nothing is created, and nothing changed. Blocks.
   *
   * @throws StoreUnavailableException with one line for the operator, if there is no store here
   */
  public static Database look(Vertx vertx, StoreSettings settings) {
    Dialect dialect =
        settings.isSqlite() ? SqliteDialect.toLookAt(settings) : new PostgresDialect(settings);
    dialect.prepare();
    return new Database(vertx, settings, dialect);
  }

  /**
   * Brings the schema up to date. Blocks; for startup, off the event loops.
   *
   * @return how many steps were taken
   * @throws StoreUnavailableException with one line for the operator, also when the schema is from
   *     a newer version
   */
  public int migrate() {
    return new Migration(settings.url(), dialect).run();
  }

  /** How many steps {@link #migrate} would take. Blocks. */
  public int pendingMigrations() {
    return new Migration(settings.url(), dialect).pending();
  }

  /** Does work that reads. */
  public <T> Future<T> read(SqlWork<T> work) {
    return readers.submit(work);
  }

  /** Does work that writes. */
  public <T> Future<T> write(SqlWork<T> work) {
    return writers.submit(work);
  }

  /** Whether the store answers; fails with the reason if it does not. */
  public Future<Void> ping() {
    return read(connection -> {
          try (var statement = connection.prepareStatement("SELECT count(*) FROM changes")) {
            return statement.execute();
          }
        })
        .mapEmpty();
  }

  /** What its connections do now, by lane. */
  public Map<String, Supplier<LaneLoad>> load() {
    Map<String, Supplier<LaneLoad>> load = new LinkedHashMap<>();
    load.put("readers", () -> LaneLoad.of(readers));
    load.put("writers", () -> LaneLoad.of(writers));
    load.put("watchers", () -> LaneLoad.of(watchers));
    return load;
  }

  /** Lets what waits finish and closes every connection. Blocks; for the end. */
  public void close() {
    long timeout = settings.queryTimeout().toMillis();
    watchers.close(timeout, TimeUnit.MILLISECONDS);
    readers.close(timeout, TimeUnit.MILLISECONDS);
    writers.close(timeout, TimeUnit.MILLISECONDS);
  }

  /**
   * Has word of changes by others as soon as they are committed, where the database can do that.
   *
   * @param look what to do then; runs on a thread of the database's
   * @return what ends it
   */
  AutoCloseable listen(Runnable look) {
    return dialect.listen(look, settings.queryTimeout());
  }

  <T> Future<T> watch(SqlWork<T> work) {
    return watchers.submit(work);
  }

  private Lane lane(Vertx vertx, String name, int size, int queueLimit) {
    HikariConfig pool = new HikariConfig();
    pool.setPoolName(name);
    pool.setDataSource(dialect.connections(settings.queryTimeout()));
    pool.setMaximumPoolSize(size);
    pool.setMinimumIdle(0);
    pool.setConnectionTimeout(settings.queryTimeout().toMillis());
    pool.setValidationTimeout(Math.min(1000, settings.queryTimeout().toMillis()));
    // The pool may start before the server does; whoever asks meanwhile gets a failure.
    pool.setInitializationFailTimeout(-1);
    return new Lane(vertx, pool, queueLimit);
  }

  /** What differs between SQLite and PostgreSQL, apart from their migrations. */
  interface Dialect {
    /** Makes sure that there is, or can be, a store of ours. */
    void prepare();

    /** Fresh connections with every setting made. */
    DataSource connections(Duration timeout);

    /** Connections for the migration, which may take its time. */
    DataSource migrationConnections();

    /** The folder of the migrations. */
    String migrations();

    /** Says when to look for changes by others; nothing where only looking tells. */
    AutoCloseable listen(Runnable look, Duration timeout);

    /** One line for the operator about a failed start. */
    String explain(SQLException failure);
  }
}
