package io.keyveil.store;

import io.keyveil.file.StoreUnavailableException;
import java.sql.SQLException;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.jspecify.annotations.Nullable;

/** Brings the schema of a store up to date, or says in one line why it cannot. */
final class Migration {
  private final Database.Dialect dialect;
  private final String url;

  Migration(String url, Database.Dialect dialect) {
    this.url = url;
    this.dialect = dialect;
  }

  int run() {
    try {
      Flyway flyway =
          Flyway.configure()
              .dataSource(dialect.migrationConnections())
              .locations(dialect.migrations())
              .load();
      refuseNewer(flyway.info());
      return flyway.migrate().migrationsExecuted;
    } catch (FlywayException e) {
      throw new StoreUnavailableException(explain(e));
    }
  }

  /** How many steps are still to be taken; takes none. */
  int pending() {
    try {
      MigrationInfoService info =
          Flyway.configure()
              .dataSource(dialect.migrationConnections())
              .locations(dialect.migrations())
              .load()
              .info();
      refuseNewer(info);
      return info.pending().length;
    } catch (FlywayException e) {
      throw new StoreUnavailableException(explain(e));
    }
  }

  /** An older program would read and write what it does not understand. */
  private void refuseNewer(MigrationInfoService info) {
    for (MigrationInfo step : info.applied()) {
      if (!step.getState().isResolved()) {
        throw new StoreUnavailableException(
            "store.url: "
                + url
                + " has schema "
                + step.getVersion()
                + ", which is newer than this program (expected: a program at least as new as the"
                + " store)");
      }
    }
  }

  private String explain(FlywayException failure) {
    for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        return dialect.explain(sql);
      }
    }
    return "store.url: "
        + url
        + " does not hold a store of Keyveil, or one that was changed by hand (expected: an empty"
        + " database, or one made by keyveil)";
  }
}
