package io.keyveil.store;

import io.keyveil.file.FileId;
import io.keyveil.file.FileRecord;
import io.keyveil.file.FileStore;
import io.vertx.core.Future;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** File records in a table, by the same SQL for SQLite and PostgreSQL. */
public final class SqlFileStore implements FileStore {
  private static final String INSERT =
      "INSERT INTO files (%s, import_key) VALUES (%s, ?)"
          .formatted(FileRow.COLUMNS, FileRow.COLUMNS.replaceAll("\\w+", "?"));
  private static final String INSERT_ONCE = INSERT + " ON CONFLICT (import_key) DO NOTHING";
  private static final String SELECT = "SELECT " + FileRow.COLUMNS + " FROM files ";
  private static final String REPLACE =
      "UPDATE files SET (%s) = (%s) WHERE id = ? AND revision = ?"
          .formatted(FileRow.COLUMNS, FileRow.COLUMNS.replaceAll("\\w+", "?"));
  private static final String PAGE = "ORDER BY created_at, id LIMIT ?";
  private static final String PAGE_AFTER =
      "WHERE (created_at, id) > (SELECT created_at, id FROM files WHERE id = ?) " + PAGE;

  private final Database database;

  public SqlFileStore(Database database) {
    this.database = database;
  }

  @Override
  public Future<Optional<FileRecord>> find(FileId id) {
    return database.read(connection -> one(connection, "WHERE id = ?", id.text()));
  }

  @Override
  public Future<Void> insert(FileRecord file) {
    return database.write(connection -> insert(connection, INSERT, file, null)).mapEmpty();
  }

  @Override
  public Future<FileRecord> insertOnce(FileRecord file, String importKey) {
    return database.write(connection -> insertOnce(connection, file, importKey));
  }

  @Override
  public Future<Optional<FileRecord>> findImported(String importKey) {
    return database.read(connection -> one(connection, "WHERE import_key = ?", importKey));
  }

  @Override
  public Future<Replacement> replace(FileRecord file) {
    return database.write(connection -> replace(connection, file));
  }

  @Override
  public Future<List<FileRecord>> list(Optional<FileId> after, int limit) {
    return database.read(connection -> page(connection, after, limit));
  }

  private static int insert(
      Connection connection, String sql, FileRecord file, @Nullable String importKey)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      int last = FileRow.write(statement, file);
      statement.setString(last + 1, importKey);
      return statement.executeUpdate();
    }
  }

  /** Of two that insert at once one waits for the other's commit, and then reads what it kept. */
  private static FileRecord insertOnce(Connection connection, FileRecord file, String importKey)
      throws SQLException {
    return insert(connection, INSERT_ONCE, file, importKey) == 1
        ? file
        : one(connection, "WHERE import_key = ?", importKey).orElseThrow();
  }

  private static Replacement replace(Connection connection, FileRecord file) throws SQLException {
    return update(connection, file)
        ? new Replacement.Replaced(file)
        : one(connection, "WHERE id = ?", file.id().text())
            .<Replacement>map(Replacement.Lost::new)
            .orElseGet(Replacement.Missing::new);
  }

  private static boolean update(Connection connection, FileRecord file) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(REPLACE)) {
      int last = FileRow.write(statement, file);
      statement.setString(last + 1, file.id().text());
      statement.setLong(last + 2, file.revision() - 1);
      return statement.executeUpdate() == 1;
    }
  }

  private static Optional<FileRecord> one(Connection connection, String where, String parameter)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(SELECT + where)) {
      statement.setString(1, parameter);
      return rows(statement).stream().findFirst();
    }
  }

  private static List<FileRecord> page(Connection connection, Optional<FileId> after, int limit)
      throws SQLException {
    String page = after.isPresent() ? PAGE_AFTER : PAGE;
    try (PreparedStatement statement = connection.prepareStatement(SELECT + page)) {
      if (after.isPresent()) {
        statement.setString(1, after.get().text());
      }
      statement.setInt(after.isPresent() ? 2 : 1, limit);
      return rows(statement);
    }
  }

  private static List<FileRecord> rows(PreparedStatement statement) throws SQLException {
    try (ResultSet rows = statement.executeQuery()) {
      List<FileRecord> files = new ArrayList<>();
      while (rows.next()) {
        files.add(FileRow.read(rows));
      }
      return files;
    }
  }
}
