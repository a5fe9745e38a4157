package io.keyveil.store;

import io.keyveil.file.FileId;
import io.keyveil.file.StoreUnavailableException;
import io.keyveil.link.Coverage;
import io.keyveil.link.Link;
import io.keyveil.link.LinkId;
import io.keyveil.link.LinkedFile;
import io.keyveil.link.Minter;
import io.keyveil.link.Window;
import io.keyveil.link.WindowId;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Rows of the tables of links and windows: written from records, and read back as such. */
final class LinkRow {
  /** In the order in which {@link #write} sets them. */
  static final String COLUMNS =
      "id, token_digest, max_downloads, landing, on_behalf_of, label, minter_issuer,"
          + " minter_subject, created_at, expires_at, revoked_at";

  /** In the order in which {@link #write(PreparedStatement, Window)} sets them. */
  static final String WINDOW_COLUMNS =
      "id, cookie_digest, client_digest, cookie_only, opened_at, ends_at, counted, given";

  private LinkRow() {}

  static void write(PreparedStatement row, Link link) throws SQLException {
    int at = 0;
    row.setString(++at, link.id().text());
    row.setString(++at, link.tokenDigest());
    row.setObject(
        ++at,
        link.maxDownloads().isPresent() ? link.maxDownloads().getAsInt() : null,
        Types.INTEGER);
    row.setInt(++at, link.landing() ? 1 : 0);
    row.setString(++at, link.onBehalfOf().orElse(null));
    row.setString(++at, link.label());
    row.setString(++at, link.minter().map(Minter::issuer).orElse(null));
    row.setString(++at, link.minter().map(Minter::subject).orElse(null));
    row.setLong(++at, link.createdAt().toEpochMilli());
    row.setLong(++at, link.expiresAt().toEpochMilli());
    row.setObject(++at, link.revokedAt().map(Instant::toEpochMilli).orElse(null), Types.BIGINT);
  }

  static Link read(ResultSet row, List<LinkedFile> files) throws SQLException {
    int most = row.getInt("max_downloads");
    OptionalInt maxDownloads = row.wasNull() ? OptionalInt.empty() : OptionalInt.of(most);
    long revoked = row.getLong("revoked_at");
    Optional<Instant> revokedAt =
        row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(revoked));
    try {
      return new Link(
          new LinkId(row.getString("id")),
          row.getString("token_digest"),
          files,
          time(row, "created_at"),
          time(row, "expires_at"),
          maxDownloads,
          row.getInt("landing") == 1,
          Optional.ofNullable(row.getString("on_behalf_of")),
          row.getString("label"),
          minter(row),
          revokedAt);
    } catch (IllegalArgumentException e) {
      throw damaged();
    }
  }

  static LinkedFile file(ResultSet row) throws SQLException {
    try {
      return new LinkedFile(
          Optional.ofNullable(row.getString("name")),
          FileId.parse(row.getString("file_id")).orElseThrow(LinkRow::damaged));
    } catch (IllegalArgumentException e) {
      throw damaged();
    }
  }

  /** Sets the parameters from the first on. Returns the number of the last one. */
  static int write(PreparedStatement row, Window window) throws SQLException {
    int at = 0;
    row.setString(++at, window.id().text());
    row.setString(++at, window.cookieDigest());
    row.setString(++at, window.clientDigest());
    row.setInt(++at, window.cookieOnly() ? 1 : 0);
    row.setLong(++at, window.openedAt().toEpochMilli());
    row.setLong(++at, window.endsAt().toEpochMilli());
    row.setInt(++at, window.counted() ? 1 : 0);
    row.setString(++at, window.given().text());
    return at;
  }

  static Window window(ResultSet row) throws SQLException {
    try {
      return new Window(
          new WindowId(row.getString("id")),
          row.getString("cookie_digest"),
          row.getString("client_digest"),
          row.getInt("cookie_only") == 1,
          time(row, "opened_at"),
          time(row, "ends_at"),
          row.getInt("counted") == 1,
          Coverage.parse(row.getString("given")));
    } catch (IllegalArgumentException e) {
      throw damaged();
    }
  }

  private static Optional<Minter> minter(ResultSet row) throws SQLException {
    @Nullable String subject = row.getString("minter_subject");
    @Nullable String issuer = row.getString("minter_issuer");
    return subject == null || issuer == null
        ? Optional.empty()
        : Optional.of(new Minter(issuer, subject));
  }

  private static Instant time(ResultSet row, String column) throws SQLException {
    return Instant.ofEpochMilli(row.getLong(column));
  }

  private static StoreUnavailableException damaged() {
    return new StoreUnavailableException("a link's record in the store cannot be read");
  }
}
