package io.keyveil.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** The open end of one audit file. */
interface AuditSink extends AutoCloseable {
  /** Writes all of the bytes, or fails with none, some or all of them written. */
  void write(ByteBuffer bytes) throws IOException;

  /** Waits until the disk has what was written. */
  void force() throws IOException;

  @Override
  void close() throws IOException;

  /** Makes the end of a new file. */
  @FunctionalInterface
  interface Opener {
    AuditSink create(Path file) throws IOException;

    /** Puts a small file in the place of another one, or leaves that as it is. */
    default void replace(Path file, byte[] content) throws IOException {
      Path next = file.resolveSibling(file.getFileName() + ".next");
      Files.deleteIfExists(next);
      try (AuditSink sink = AuditSink.create(next)) {
        sink.write(ByteBuffer.wrap(content));
      }
      rename(next, file);
    }

    /** The disk itself. */
    final class OnDisk implements Opener {
      @Override
      public AuditSink create(Path file) throws IOException {
        return AuditSink.create(file);
      }
    }

    /** The last step of a replacement. */
    default void rename(Path from, Path to) throws IOException {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Makes a new file that only we can read. */
  static AuditSink create(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return new AuditSink() {
      @Override
      public void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      }

      @Override
      public void force() throws IOException {
        channel.force(false);
      }

      @Override
      public void close() throws IOException {
        channel.close();
      }
    };
  }
}
