package io.keyveil.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/** A disk of which one operation fails, at the so manieth time; a write fails in its middle. */
final class FaultyDisk implements AuditSink.Opener {
  /** What can fail. */
  enum Operation {
    OPEN,
    WRITE,
    SYNC,
    RENAME
  }

  private final Operation failing;
  private final int at;
  private final Map<Operation, Integer> counts = new EnumMap<>(Operation.class);

  FaultyDisk(Operation failing, int at) {
    this.failing = failing;
    this.at = at;
  }

  /** Whether the operation came that often. */
  synchronized boolean failed() {
    return counts.getOrDefault(failing, 0) >= at;
  }

  private synchronized boolean fails(Operation operation) {
    return counts.merge(operation, 1, Integer::sum) == at && operation == failing;
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    if (fails(Operation.RENAME)) {
      throw new IOException("No space left on device");
    }
    AuditSink.Opener.super.rename(from, to);
  }

  @Override
  public AuditSink create(Path file) throws IOException {
    if (fails(Operation.OPEN)) {
      throw new IOException("Too many open files");
    }
    AuditSink sink = AuditSink.create(file);
    return new AuditSink() {
      @Override
      public void write(ByteBuffer bytes) throws IOException {
        if (fails(Operation.WRITE)) {
          sink.write(bytes.slice(0, bytes.remaining() / 2));
          throw new IOException("No space left on device");
        }
        sink.write(bytes);
      }

      @Override
      public void force() throws IOException {
        if (fails(Operation.SYNC)) {
          throw new IOException("Input/output error");
        }
        sink.force();
      }

      @Override
      public void close() throws IOException {
        sink.close();
      }
    };
  }
}
