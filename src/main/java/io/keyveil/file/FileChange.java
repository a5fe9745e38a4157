package io.keyveil.file;

import io.keyveil.access.AccessRule;
import java.time.Instant;
import java.util.Optional;

/**
 * A validated wish to change a file; {@link FileChangeReader} makes it from a JSON merge patch.
 * What the file is (location, size, ETag) never changes: an ID names one byte string.
 *
 * <p>Revocation is final. A link or an ID that was once said to be dead may be cached, logged and
 * believed anywhere, so it must not come back to life; register the object anew instead.
 *
 * @param name the new name, if it changes
 * @param type the new media type, if it changes
 * @param disposition the new disposition, if it changes
 * @param delivery the new delivery, if it changes
 * @param harmlessName the new word on the name, if it changes
 * @param access the new rule, if it changes
 * @param expiry the new expiry, if it changes
 * @param revokes whether the file is revoked
 */
public record FileChange(
    Optional<String> name,
    Optional<String> type,
    Optional<Disposition> disposition,
    Optional<DeliveryPolicy> delivery,
    Optional<Boolean> harmlessName,
    Optional<AccessRule> access,
    Optional<Expiry> expiry,
    boolean revokes) {
  /** Revokes a file and changes nothing else. */
  public static final FileChange REVOCATION =
      new FileChange(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          true);

  /** The record after this change: the next revision, or the same record if nothing differs. */
  FileRecord applyTo(FileRecord file) {
    FileRecord same = changed(file, file.revision());
    return same.equals(file) ? file : changed(file, file.revision() + 1);
  }

  private FileRecord changed(FileRecord file, long revision) {
    return new FileRecord(
        file.id(),
        file.location(),
        file.opaque(),
        file.size(),
        file.etag(),
        file.lastModified(),
        file.checksums(),
        name.orElse(file.name()),
        type.orElse(file.type()),
        disposition.orElse(file.disposition()),
        delivery.orElse(file.delivery()),
        harmlessName.orElse(file.harmlessName()),
        access.orElse(file.access()),
        expiry.map(Expiry::at).orElse(file.expiresAt()),
        revokes ? FileState.REVOKED : file.state(),
        file.createdAt(),
        revision);
  }

  /** A new end of a file's life: at a time, or never. */
  public record Expiry(Optional<Instant> at) {}
}
