package io.keyveil.audit;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a second process out of an audit folder, where it would fork the chain. It is POSIX's kind
 * of lock, which ends when its process does, however that dies.
 */
final class FolderLock implements AutoCloseable {
  private static final String NAME = "lock";

  private final Path file;
  private final FileChannel channel;
  private final @Nullable Object identity;

  private FolderLock(Path file, FileChannel channel) throws IOException {
    this.file = file;
    this.channel = channel;
    this.identity = identity(file);
  }

  /** Takes the lock; fails with {@link AuditUnavailableException} if another process has it. */
  static FolderLock take(Path folder) throws IOException {
    Path file = folder.resolve(NAME);
    FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    if (locked(channel)) {
      return new FolderLock(file, channel);
    }
    channel.close();
    throw new AuditUnavailableException(
        "audit.folder: "
            + folder
            + " is in use by another process (expected: a folder for each process)");
  }

  /**
   * Whether the lock is still where others look for it; a lock on a deleted file keeps nobody out.
   */
  boolean holds() throws IOException {
    return Objects.equals(identity, identity(file));
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** What tells a file from another one of the same name; null if there is none. */
  static @Nullable Object identity(Path file) throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      @Nullable FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }
}
