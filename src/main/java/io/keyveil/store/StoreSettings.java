package io.keyveil.store;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where records are kept, and how much work may wait for it.
 *
 * @param url {@code sqlite:PATH} or {@code postgresql://host:port/db}, the latter with {@code
 *     ?sslmode=verify-full&sslrootcert=PATH} and their like where wanted
 * @param user the user of PostgreSQL; SQLite has none
 * @param password the user's password, if there is one
 * @param poolSize connections, and as many threads (1 to 100)
 * @param queueLimit how many pieces of work may wait for a connection (1 to 100000); one more fails
 * @param queryTimeout how long a query, or the wait for a lock or a connection, may take (1 s to 5
 *     min)
 */
public record StoreSettings(
    String url,
    String user,
    Optional<DatabasePassword> password,
    int poolSize,
    int queueLimit,
    Duration queryTimeout) {
  public static final StoreSettings DEFAULTS =
      new StoreSettings(
          "sqlite:data/keyveil.db", "keyveil", Optional.empty(), 8, 512, Duration.ofSeconds(5));

  private static final String SQLITE = "sqlite:";

  private static final Pattern POSTGRESQL =
      Pattern.compile(
          "postgresql://[A-Za-z0-9.:,\\[\\]_-]+/[A-Za-z0-9._-]+"
              + "(?:\\?PARAMETER(?:&PARAMETER)*)?"
                  .replace("PARAMETER", "(?:ssl[a-z]*|targetServerType)=[^&?#\\s]+"));

  public StoreSettings {
    if (!(url.startsWith(SQLITE) ? isPath(url) : POSTGRESQL.matcher(url).matches())) {
      // A refused URL may carry a password, so that it is not repeated.
      throw new IllegalArgumentException(
          "url: not a store's address (expected: sqlite:PATH or postgresql://host:port/db, without"
              + " user and password)");
    }
    checkRange("poolSize", poolSize, 1, 100);
    checkRange("queueLimit", queueLimit, 1, 100_000);
    if (queryTimeout.toSeconds() < 1 || queryTimeout.toMinutes() >= 5) {
      throw new IllegalArgumentException(
          "queryTimeout: " + queryTimeout + " (expected: 1 s to 5 min)");
    }
  }

  boolean isSqlite() {
    return url.startsWith(SQLITE);
  }

  /** The file of an SQLite store. */
  Path sqliteFile() {
    return Path.of(url.substring(SQLITE.length()));
  }

  /** Whether something can be there already: a server, or a file that is not empty. */
  public boolean isThere() {
    return !isSqlite() || sqliteFile().toFile().length() > 0;
  }

  private static boolean isPath(String url) {
    try {
      String path = url.substring(SQLITE.length());
      // The driver would take a leading colon for a store in memory, and "?" for its own settings.
      return !path.isBlank()
          && !path.startsWith(":")
          && path.indexOf('?') < 0
          && Path.of(path).getFileName() != null;
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static void checkRange(String field, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          field + ": " + value + " (expected: " + least + " to " + most + ")");
    }
  }
}
