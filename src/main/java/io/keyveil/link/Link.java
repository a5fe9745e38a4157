package io.keyveil.link;

import io.keyveil.file.FileId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A capability: whoever has its token may have its files, within its bounds.
 *
 * @param id what backends call it
 * @param tokenDigest the hex SHA-256 of its token
 * @param files the files, the main one first; with more than one, each has a name
 * @param createdAt when it was minted
 * @param expiresAt when it ends; downloads that have begun may be resumed a little longer
 * @param maxDownloads how many downloads of the main file it is good for; empty: any number
 * @param landing whether it opens a page whose button starts the download
 * @param onBehalfOf the subject whom the audit log names for its downloads
 * @param label what the backend calls it
 * @param minter who made it; empty for the command line
 * @param revokedAt when it was revoked, if it was
 */
public record Link(
    LinkId id,
    String tokenDigest,
    List<LinkedFile> files,
    Instant createdAt,
    Instant expiresAt,
    OptionalInt maxDownloads,
    boolean landing,
    Optional<String> onBehalfOf,
    String label,
    Optional<Minter> minter,
    Optional<Instant> revokedAt) {
  /** How many files one link may cover. */
  public static final int MOST_FILES = 16;

  public Link {
    files = List.copyOf(files);
    if (files.isEmpty() || files.size() > MOST_FILES) {
      throw new IllegalArgumentException("files: (expected: 1 to " + MOST_FILES + ")");
    }
  }

  /** The file that downloads are counted of. */
  public LinkedFile main() {
    return files.get(0);
  }

  /**
   * The file at an address under the link.
   *
   * @param name the last part of the address; empty for the link's own
   */
  public Optional<FileId> file(Optional<String> name) {
    return name.isEmpty()
        ? Optional.of(main().id())
        : files.stream().filter(file -> file.name().equals(name)).map(LinkedFile::id).findFirst();
  }

  /** Whether it has ended by this time. */
  public boolean expired(Instant now) {
    return !now.isBefore(expiresAt);
  }

  /** Whether each use has to be in a window: to be counted, or to have been started by a button. */
  public boolean needsWindow() {
    return landing || maxDownloads.isPresent();
  }
}
