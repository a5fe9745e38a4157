package io.keyveil.store;

import io.keyveil.file.StoreUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import javax.sql.DataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;

/**
 * SQLite in one file, which holds object keys and is therefore nobody else's to read. Its journal
 * files inherit the mode.
 */
final class SqliteDialect implements Database.Dialect {
  private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
  private static final Set<PosixFilePermission> OURS = PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> FOLDER =
      PosixFilePermissions.fromString("rwx------");

  private final Path file;
  private final Duration timeout;
  private final boolean looking;

  SqliteDialect(StoreSettings settings) {
    this(settings, false);
  }

  private SqliteDialect(StoreSettings settings, boolean looking) {
    this.file = settings.sqliteFile();
    this.timeout = settings.queryTimeout();
    this.looking = looking;
  }

  /** One that leaves everything as it is. */
  static SqliteDialect toLookAt(StoreSettings settings) {
    return new SqliteDialect(settings, true);
  }

  @Override
  public void prepare() {
    if (Files.isDirectory(file)) {
      throw refused("is a folder");
    }
    try {
      if (!looking) {
        createFolder();
        createFile();
      }
      checkIsSqlite();
    } catch (IOException e) {
      throw refused("cannot be opened: " + e.getClass().getSimpleName());
    }
  }

  @Override
  public DataSource connections(Duration busyTimeout) {
    SQLiteConfig config = new SQLiteConfig();
    if (looking) {
      SQLiteDataSource source = new SQLiteDataSource(config);
      source.setUrl(address());
      return source;
    }
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    // With less, WAL may lose the last commits in a power cut; a lost revocation is a leak.
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setBusyTimeout(Math.toIntExact(busyTimeout.toMillis()));
    config.enforceForeignKeys(true);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file.toAbsolutePath());
    return source;
  }

  /**
   * Where a gateway runs its journal is there, and has to be read; where none runs, SQLite would
   * make one to read alone, unless it is told that nobody writes.
   */
  private String address() {
    String path = file.toAbsolutePath().toString();
    return Files.exists(Path.of(path + "-wal"))
        ? "jdbc:sqlite:" + path
        : "jdbc:sqlite:file:"
            + path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
            + "?immutable=1";
  }

  @Override
  public DataSource migrationConnections() {
    return connections(timeout);
  }

  @Override
  public String migrations() {
    return "classpath:db/migration/sqlite";
  }

  /** Another process's commit can only be seen by looking. */
  @Override
  public AutoCloseable listen(Runnable look, Duration busyTimeout) {
    return () -> {};
  }

  @Override
  public String explain(SQLException failure) {
    SQLiteErrorCode code = SQLiteErrorCode.getErrorCode(failure.getErrorCode() & 0xff);
    return switch (code) {
      case SQLITE_NOTADB -> line("is not a SQLite database");
      case SQLITE_CORRUPT -> line("is damaged");
      case SQLITE_READONLY, SQLITE_PERM, SQLITE_CANTOPEN -> line("cannot be written");
      case SQLITE_BUSY, SQLITE_LOCKED -> line("is locked by another process");
      case SQLITE_FULL -> line("is on a full disk");
      default -> line("cannot be opened" + SqlFailure.codes(failure));
    };
  }

  private void createFolder() throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null && !Files.isDirectory(folder)) {
      Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(FOLDER));
    }
  }

  private void createFile() throws IOException {
    try {
      Files.createFile(file, PosixFilePermissions.asFileAttribute(OURS));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isWritable(file)) {
        throw refused("cannot be written");
      }
    }
  }

  /** Looks before SQLite does, since it would turn on WAL, that is write, on its first look. */
  private void checkIsSqlite() throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] start = in.readNBytes(MAGIC.length);
      if (start.length > 0 && !Arrays.equals(start, MAGIC)) {
        throw refused("is not a SQLite database");
      }
    }
    if (!looking && !Files.getPosixFilePermissions(file).equals(OURS)) {
      Files.setPosixFilePermissions(file, OURS);
    }
  }

  private StoreUnavailableException refused(String found) {
    return new StoreUnavailableException(line(found));
  }

  private String line(String found) {
    return "store.url: " + file + " " + found + " (expected: a file made by keyveil, or no file)";
  }
}
