package io.keyveil.file;

import com.fasterxml.jackson.databind.JsonNode;
import io.keyveil.access.AccessRules;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Names what an import registered: a digest over the whole wish and over what S3 says of the
 * object.
 *
 * <p>The same line imported again is the same file. A line that was edited, or an object that was
 * replaced since, is another one: taking it for the old file would silently keep the old rule, or
 * would serve an ID whose object is gone.
 */
final class ImportKey {
  private final MessageDigest digest;

  private ImportKey() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** The lower-case hex SHA-256 of the fields that are an imported file's identity. */
  static String of(FileRecord file) {
    JsonNode access = AccessRules.write(file.access());
    return new ImportKey()
        .add(file.location().bucket())
        .add(file.location().key())
        .add(file.location().version())
        .add(file.etag().text())
        .add(Long.toString(file.size()))
        .add(file.name())
        .add(file.type())
        .add(file.disposition().word())
        .add(file.delivery().word())
        .add(Boolean.toString(file.harmlessName()))
        .add(access.toString())
        .add(file.expiresAt().map(Instant::toString))
        .hex();
  }

  /** Lengths go first, so that no two lists of fields run together to the same bytes. */
  private ImportKey add(String field) {
    byte[] bytes = field.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
    digest.update(bytes);
    return this;
  }

  private ImportKey add(Optional<String> field) {
    return field.map(this::add).orElseGet(this::addNothing);
  }

  private ImportKey addNothing() {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, -1));
    return this;
  }

  private String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
