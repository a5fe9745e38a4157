package io.keyveil.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.keyveil.access.AccessRule;
import io.keyveil.access.AccessRules;
import io.keyveil.file.Checksum;
import io.keyveil.file.Checksum.Algorithm;
import io.keyveil.file.Checksums;
import io.keyveil.file.DeliveryPolicy;
import io.keyveil.file.Disposition;
import io.keyveil.file.EntityTag;
import io.keyveil.file.FileId;
import io.keyveil.file.FileRecord;
import io.keyveil.file.FileState;
import io.keyveil.file.ObjectKey;
import io.keyveil.file.StoreUnavailableException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One row of the table of files: written from a record, and read back as one. */
final class FileRow {
  /** In the order in which {@link #write} sets them. */
  static final String COLUMNS =
      "id, bucket, object_key, object_version, opaque, size, etag, last_modified, sha256, crc32c,"
          + " crc32, name, type, disposition, delivery, harmless_name, access, expires_at, state, created_at,"
          + " revision";

  /** Escapes what is not ASCII, since no database keeps half a surrogate pair or NUL as text. */
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private FileRow() {}

  /** Sets the parameters from the first on. Returns the number of the last one. */
  static int write(PreparedStatement row, FileRecord file) throws SQLException {
    int at = 0;
    row.setString(++at, file.id().text());
    row.setString(++at, file.location().bucket());
    row.setString(++at, file.location().key());
    row.setString(++at, file.location().version().orElse(null));
    row.setInt(++at, file.opaque() ? 1 : 0);
    row.setLong(++at, file.size());
    row.setString(++at, file.etag().text());
    row.setLong(++at, file.lastModified().toEpochMilli());
    row.setString(++at, hex(file.checksums().sha256()));
    row.setString(++at, hex(file.checksums().crc32c()));
    row.setString(++at, hex(file.checksums().crc32()));
    row.setString(++at, file.name());
    row.setString(++at, file.type());
    row.setString(++at, file.disposition().word());
    row.setString(++at, file.delivery().word());
    row.setInt(++at, file.harmlessName() ? 1 : 0);
    row.setString(++at, json(file.access()));
    row.setObject(++at, file.expiresAt().map(Instant::toEpochMilli).orElse(null), Types.BIGINT);
    row.setString(++at, file.state().word());
    row.setLong(++at, file.createdAt().toEpochMilli());
    row.setLong(++at, file.revision());
    return at;
  }

  /** Reads the record in a row. A row that makes no sense is named by its ID and nothing else. */
  static FileRecord read(ResultSet row) throws SQLException {
    FileId id = id(row);
    try {
      return read(id, row);
    } catch (JsonProcessingException | IllegalArgumentException | NullPointerException e) {
      throw new StoreUnavailableException("the record of file " + id + " cannot be read");
    }
  }

  private static FileRecord read(FileId id, ResultSet row)
      throws SQLException, JsonProcessingException {
    return new FileRecord(
        id,
        new ObjectKey(
            row.getString("bucket"), row.getString("object_key"), text(row, "object_version")),
        row.getInt("opaque") == 1,
        row.getLong("size"),
        new EntityTag(row.getString("etag")),
        Instant.ofEpochMilli(row.getLong("last_modified")),
        new Checksums(
            checksum(row, "sha256", Algorithm.SHA256),
            checksum(row, "crc32c", Algorithm.CRC32C),
            checksum(row, "crc32", Algorithm.CRC32)),
        row.getString("name"),
        row.getString("type"),
        Disposition.valueOf(constant(row, "disposition")),
        DeliveryPolicy.valueOf(constant(row, "delivery")),
        row.getInt("harmless_name") == 1,
        AccessRules.stored(JSON.readTree(row.getString("access"))),
        time(row, "expires_at"),
        FileState.valueOf(constant(row, "state")),
        Instant.ofEpochMilli(row.getLong("created_at")),
        row.getLong("revision"));
  }

  private static FileId id(ResultSet row) throws SQLException {
    return FileId.parse(row.getString("id"))
        .orElseThrow(() -> new StoreUnavailableException("a file's ID in the store is damaged"));
  }

  private static String json(AccessRule rule) {
    try {
      return JSON.writeValueAsString(AccessRules.write(rule));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can always be written", e);
    }
  }

  private static @Nullable String hex(Optional<Checksum> checksum) {
    return checksum.map(Checksum::hex).orElse(null);
  }

  private static Optional<Checksum> checksum(ResultSet row, String column, Algorithm algorithm)
      throws SQLException {
    return text(row, column).map(hex -> Checksum.ofHex(algorithm, hex));
  }

  private static Optional<String> text(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getString(column));
  }

  private static Optional<Instant> time(ResultSet row, String column) throws SQLException {
    long time = row.getLong(column);
    return row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(time));
  }

  private static String constant(ResultSet row, String column) throws SQLException {
    return row.getString(column).toUpperCase(Locale.ROOT);
  }
}
