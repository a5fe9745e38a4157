package io.keyveil.store;

import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** PostgreSQL, for a fleet. */
final class PostgresDialect implements Database.Dialect {
  private final StoreSettings settings;

  PostgresDialect(StoreSettings settings) {
    this.settings = settings;
  }

  @Override
  public void prepare() {
    // A server says for itself what is wrong when the migration first talks to it.
  }

  @Override
  public DataSource connections(Duration timeout) {
    PGSimpleDataSource source = source();
    source.setOptions("-c statement_timeout=" + timeout.toMillis());
    // A server that fell silent must give the thread back; the server's own timeout comes first.
    source.setSocketTimeout(Math.toIntExact(timeout.toSeconds()) + 2);
    return login(source);
  }

  @Override
  public DataSource migrationConnections() {
    return login(source());
  }

  @Override
  public String migrations() {
    return "classpath:db/migration/postgresql";
  }

  @Override
  public AutoCloseable listen(Runnable look, Duration timeout) {
    return new PostgresListener(connections(timeout), look);
  }

  @Override
  public String explain(SQLException failure) {
    String state = String.valueOf(failure.getSQLState());
    String found =
        switch (state.length() < 2 ? "" : state.substring(0, 2)) {
          case "08" -> "does not answer";
          case "28" -> "refuses the user or the password";
          case "3D" -> "has no such database";
          case "42" -> "does not let the user change the schema";
          default -> "failed" + SqlFailure.codes(failure);
        };
    return "store.url: PostgreSQL "
        + found
        + " (expected: a server that lets store.user in, and a database of its own)";
  }

  private DataSource login(DataSource source) {
    return new RotatingLogin(source, settings.user(), settings.password());
  }

  private PGSimpleDataSource source() {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl("jdbc:" + settings.url());
    source.setUser(settings.user());
    source.setConnectTimeout(Math.toIntExact(settings.queryTimeout().toSeconds()));
    source.setApplicationName("keyveil");
    // Its messages would quote the values of a statement that failed.
    source.setLogServerErrorDetail(false);
    return source;
  }
}
