package io.keyveil.file;

import io.keyveil.access.AccessRule;
import java.time.Instant;
import java.util.Optional;

/**
 * All that is known of a file.
 *
 * @param id what clients call it
 * @param location where its bytes lie
 * @param opaque whether Keyveil generated the key; recorded, never guessed
 * @param size bytes, at registration
 * @param etag S3's validator at registration; the object must still have it when it is read
 * @param lastModified S3's time of the object, to the second
 * @param checksums what is known of its bytes as a whole
 * @param name the file name that a person sees
 * @param type the media type (RFC 9110 section 8.3.1)
 * @param disposition whether a browser saves or shows it
 * @param delivery how the bytes are asked to leave
 * @param harmlessName whether the name may stand in S3's access log, so that a redirect may carry
 *     it
 * @param access who may have it
 * @param expiresAt when it ends, if it does
 * @param state whether it is still given out
 * @param createdAt when it was registered
 * @param revision counts the changes from 1
 */
public record FileRecord(
    FileId id,
    ObjectKey location,
    boolean opaque,
    long size,
    EntityTag etag,
    Instant lastModified,
    Checksums checksums,
    String name,
    String type,
    Disposition disposition,
    DeliveryPolicy delivery,
    boolean harmlessName,
    AccessRule access,
    Optional<Instant> expiresAt,
    FileState state,
    Instant createdAt,
    long revision) {

  /** Whether the file has ended by this time. */
  public boolean expired(Instant now) {
    return expiresAt.map(end -> !now.isBefore(end)).orElse(false);
  }
}
