package io.keyveil.store;

import io.keyveil.file.FileId;
import io.keyveil.link.Entry;
import io.keyveil.link.Entry.Closed.Reason;
import io.keyveil.link.Link;
import io.keyveil.link.LinkId;
import io.keyveil.link.LinkSelection;
import io.keyveil.link.LinkState;
import io.keyveil.link.LinkStore;
import io.keyveil.link.LinkToken;
import io.keyveil.link.Window;
import io.keyveil.link.WindowId;
import io.vertx.core.Future;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Links in tables, by the same SQL for SQLite and PostgreSQL. Whatever depends on what a link has
 * been used for begins with an update of the link's own row, which is the lock that everybody else
 * waits for.
 */
public final class SqlLinkStore implements LinkStore {
  private static final String INSERT =
      "INSERT INTO links (%s, downloads, opened, cut) VALUES (%s, 0, 0, 0)"
          .formatted(LinkRow.COLUMNS, LinkRow.COLUMNS.replaceAll("\\w+", "?"));
  private static final String INSERT_FILE =
      "INSERT INTO link_files (link_id, position, name, file_id) VALUES (?, ?, ?, ?)";
  private static final String SELECT =
      "SELECT " + LinkRow.COLUMNS + ", downloads, opened FROM links WHERE ";
  private static final String FILES =
      "SELECT name, file_id FROM link_files WHERE link_id = ? ORDER BY position";
  private static final String WINDOWS =
      "SELECT "
          + LinkRow.WINDOW_COLUMNS
          + " FROM link_windows WHERE link_id = ? AND ends_at > ? ORDER BY opened_at";
  private static final String WINDOW =
      "SELECT " + LinkRow.WINDOW_COLUMNS + " FROM link_windows WHERE id = ? AND link_id = ?";
  private static final String LOCK = "UPDATE links SET opened = opened WHERE id = ?";
  private static final String COUNT =
      "UPDATE links SET downloads = downloads + ?, opened = opened + ? WHERE id = ?";
  private static final String INSERT_WINDOW =
      "INSERT INTO link_windows (%s, link_id) VALUES (%s, ?)"
          .formatted(LinkRow.WINDOW_COLUMNS, LinkRow.WINDOW_COLUMNS.replaceAll("\\w+", "?"));
  private static final String REPLACE_WINDOW =
      "UPDATE link_windows SET (%s) = (%s) WHERE id = ?"
          .formatted(LinkRow.WINDOW_COLUMNS, LinkRow.WINDOW_COLUMNS.replaceAll("\\w+", "?"));
  private static final String REVOKE =
      "UPDATE links SET revoked_at = COALESCE(revoked_at, ?),"
          + " cut = CASE WHEN cut = 1 THEN 1 ELSE ? END WHERE ";
  private static final String CUT = "SELECT id FROM links WHERE cut = 1 AND id IN (%s)";
  private static final String FORGET_WINDOWS = "DELETE FROM link_windows WHERE ends_at < ?";
  private static final String FORGET_LINKS = "DELETE FROM links WHERE expires_at < ?";

  private final Database database;

  public SqlLinkStore(Database database) {
    this.database = database;
  }

  @Override
  public Future<Void> insert(List<Link> links) {
    return database
        .<Boolean>write(connection -> Transaction.run(connection, within -> insert(within, links)))
        .mapEmpty();
  }

  @Override
  public Future<Optional<LinkState>> find(String tokenDigest, Instant now) {
    return database.read(connection -> one(connection, "token_digest = ?", tokenDigest, now));
  }

  @Override
  public Future<Optional<LinkState>> show(LinkId id, Instant now) {
    return database.read(connection -> one(connection, "id = ?", id.text(), now));
  }

  @Override
  public Future<Entry> enter(LinkId link, Instant now, Function<LinkState, Entry> decision) {
    return database.write(
        connection -> Transaction.run(connection, within -> enter(within, link, now, decision)));
  }

  @Override
  public Future<Void> update(LinkId link, WindowId window, UnaryOperator<Window> change) {
    return database
        .<Boolean>write(
            connection ->
                Transaction.run(connection, within -> update(within, link, window, change)))
        .mapEmpty();
  }

  @Override
  public Future<Integer> revoke(LinkSelection which, Instant now, boolean cut) {
    return database.write(connection -> revoke(connection, which, now, cut));
  }

  @Override
  public Future<Set<LinkId>> cut(Collection<LinkId> running) {
    List<LinkId> ids = List.copyOf(running);
    return database.read(connection -> cut(connection, ids));
  }

  @Override
  public Future<Void> forget(Instant linksBefore, Instant windowsBefore) {
    return database
        .<Boolean>write(
            connection ->
                forget(connection, FORGET_WINDOWS, windowsBefore)
                    && forget(connection, FORGET_LINKS, linksBefore))
        .mapEmpty();
  }

  private static boolean insert(Connection connection, List<Link> links) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(INSERT);
        PreparedStatement file = connection.prepareStatement(INSERT_FILE)) {
      for (Link link : links) {
        LinkRow.write(insert, link);
        insert.addBatch();
        addFiles(file, link);
      }
      return insert.executeBatch().length == links.size() && file.executeBatch().length > 0;
    }
  }

  private static void addFiles(PreparedStatement file, Link link) throws SQLException {
    for (int i = 0; i < link.files().size(); i++) {
      file.setString(1, link.id().text());
      file.setInt(2, i);
      file.setString(3, link.files().get(i).name().orElse(null));
      file.setString(4, link.files().get(i).id().text());
      file.addBatch();
    }
  }

  private static Entry enter(
      Connection connection, LinkId link, Instant now, Function<LinkState, Entry> decision)
      throws SQLException {
    if (!lock(connection, link)) {
      return new Entry.Closed(Reason.REVOKED);
    }
    LinkState state = one(connection, "id = ?", link.text(), now).orElseThrow();
    Entry entry = decision.apply(state);
    return entry
        .match(
            new Entry.Cases<SqlWork<Entry>>() {
              @Override
              public SqlWork<Entry> free() {
                return within -> entry;
              }

              @Override
              public SqlWork<Entry> within(Window window, Optional<LinkToken> cookie) {
                return within -> {
                  keep(within, link, known(state, window), window);
                  return entry;
                };
              }

              @Override
              public SqlWork<Entry> closed(Reason reason) {
                return within -> entry;
              }
            })
        .on(connection);
  }

  private static boolean update(
      Connection connection, LinkId link, WindowId id, UnaryOperator<Window> change)
      throws SQLException {
    if (!lock(connection, link)) {
      return false;
    }
    Optional<Window> before = window(connection, link, id);
    if (before.isPresent()) {
      keep(connection, link, before, change.apply(before.get()));
    }
    return true;
  }

  private static Optional<Window> known(LinkState state, Window window) {
    return state.windows().stream().filter(one -> one.id().equals(window.id())).findFirst();
  }

  private static Optional<Window> window(Connection connection, LinkId link, WindowId id)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(WINDOW)) {
      select.setString(1, id.text());
      select.setString(2, link.text());
      return rows(select, LinkRow::window).stream().findFirst();
    }
  }

  /** Keeps a window, new or changed, and what it means for the link's counts. */
  private static void keep(
      Connection connection, LinkId link, Optional<Window> before, Window window)
      throws SQLException {
    boolean counted = window.counted() && !before.map(Window::counted).orElse(false);
    if (counted || before.isEmpty()) {
      try (PreparedStatement count = connection.prepareStatement(COUNT)) {
        count.setInt(1, counted ? 1 : 0);
        count.setInt(2, before.isEmpty() ? 1 : 0);
        count.setString(3, link.text());
        int unused = count.executeUpdate();
      }
    }
    String sql = before.isEmpty() ? INSERT_WINDOW : REPLACE_WINDOW;
    try (PreparedStatement row = connection.prepareStatement(sql)) {
      int last = LinkRow.write(row, window);
      row.setString(last + 1, before.isEmpty() ? link.text() : window.id().text());
      int unused = row.executeUpdate();
    }
  }

  private static boolean lock(Connection connection, LinkId link) throws SQLException {
    try (PreparedStatement lock = connection.prepareStatement(LOCK)) {
      lock.setString(1, link.text());
      return lock.executeUpdate() == 1;
    }
  }

  private static Optional<LinkState> one(
      Connection connection, String where, String parameter, Instant now) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(SELECT + where)) {
      select.setString(1, parameter);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? Optional.of(state(connection, row, now)) : Optional.empty();
      }
    }
  }

  private static LinkState state(Connection connection, ResultSet row, Instant now)
      throws SQLException {
    String id = row.getString("id");
    try (PreparedStatement files = connection.prepareStatement(FILES);
        PreparedStatement windows = connection.prepareStatement(WINDOWS)) {
      files.setString(1, id);
      windows.setString(1, id);
      windows.setLong(2, now.toEpochMilli());
      return new LinkState(
          LinkRow.read(row, rows(files, LinkRow::file)),
          row.getInt("downloads"),
          row.getInt("opened"),
          rows(windows, LinkRow::window));
    }
  }

  private static <T> List<T> rows(PreparedStatement select, Reader<T> reader) throws SQLException {
    try (ResultSet rows = select.executeQuery()) {
      List<T> all = new ArrayList<>();
      while (rows.next()) {
        all.add(reader.read(rows));
      }
      return all;
    }
  }

  private static int revoke(Connection connection, LinkSelection which, Instant now, boolean cut)
      throws SQLException {
    Condition condition = which.match(new Condition.Of());
    try (PreparedStatement revoke = connection.prepareStatement(REVOKE + condition.sql())) {
      revoke.setLong(1, now.toEpochMilli());
      revoke.setInt(2, cut ? 1 : 0);
      for (int i = 0; i < condition.parameters().size(); i++) {
        revoke.setString(3 + i, condition.parameters().get(i));
      }
      return revoke.executeUpdate();
    }
  }

  private static Set<LinkId> cut(Connection connection, List<LinkId> running) throws SQLException {
    Set<LinkId> found = new HashSet<>();
    // As many parameters at once as any database takes.
    for (int from = 0; from < running.size(); from += 500) {
      List<LinkId> some = running.subList(from, Math.min(running.size(), from + 500));
      String marks = "?" + ", ?".repeat(some.size() - 1);
      try (PreparedStatement select = connection.prepareStatement(CUT.formatted(marks))) {
        for (int i = 0; i < some.size(); i++) {
          select.setString(i + 1, some.get(i).text());
        }
        try (ResultSet rows = select.executeQuery()) {
          while (rows.next()) {
            found.add(new LinkId(rows.getString(1)));
          }
        }
      }
    }
    return found;
  }

  private static boolean forget(Connection connection, String sql, Instant before)
      throws SQLException {
    try (PreparedStatement delete = connection.prepareStatement(sql)) {
      delete.setLong(1, before.toEpochMilli());
      return delete.executeUpdate() >= 0;
    }
  }

  /** Reads one row. */
  @FunctionalInterface
  private interface Reader<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** Which links, in SQL. */
  private record Condition(String sql, List<String> parameters) {
    /** Makes one of a selection. */
    private static final class Of implements LinkSelection.Cases<Condition> {
      @Override
      public Condition one(LinkId id) {
        return new Condition("id = ?", List.of(id.text()));
      }

      @Override
      public Condition ofFile(FileId file) {
        return new Condition(
            "id IN (SELECT link_id FROM link_files WHERE file_id = ?)", List.of(file.text()));
      }

      @Override
      public Condition mintedBy(String subject, Optional<String> issuer) {
        return issuer
            .map(
                whose ->
                    new Condition(
                        "minter_subject = ? AND minter_issuer = ?", List.of(subject, whose)))
            .orElseGet(() -> new Condition("minter_subject = ?", List.of(subject)));
      }
    }
  }
}
