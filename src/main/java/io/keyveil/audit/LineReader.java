package io.keyveil.audit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file line by line as bytes, in bounded memory, and tells a line with an end from one
 * without, which the JDK's readers do not. A line is shown where it lies in the buffer, until the
 * next one is asked for; one that is too long for a record comes cut.
 */
final class LineReader implements AutoCloseable {
  private static final int CHUNK = 256 * 1024;
  private static final int TOO_LONG = AuditLine.LONGEST + 1;

  private final InputStream in;
  private byte[] buffer = new byte[CHUNK];
  private int start;
  private int limit;
  private int from;
  private int to;
  private long whole;
  private boolean torn;
  private int tail;

  LineReader(Path file) throws IOException {
    this(file, 0);
  }

  /** Begins at a place in the file. */
  LineReader(Path file, long offset) throws IOException {
    this.in = Files.newInputStream(file);
    this.whole = offset;
    in.skipNBytes(offset);
  }

  /** Goes to the next whole line; false after the last, and again true once there is another. */
  boolean advance() throws IOException {
    int at = start;
    while (true) {
      for (; at < limit; at++) {
        if (buffer[at] == '\n') {
          return found(start, at, at - start + 1L, at + 1);
        }
      }
      if (limit - start >= TOO_LONG) {
        return monster();
      }
      at = limit - start;
      if (!more()) {
        torn = limit > start;
        tail = limit - start;
        return false;
      }
    }
  }

  /** The next whole line without its end, or null after the last. */
  byte @Nullable [] next() throws IOException {
    return advance() ? Arrays.copyOfRange(buffer, from, to) : null;
  }

  /** What the line lies in, from {@link #from} to {@link #to} without its end. */
  byte[] bytes() {
    return buffer;
  }

  int from() {
    return from;
  }

  int to() {
    return to;
  }

  /** Where the file's last whole line ended, so far. */
  long whole() {
    return whole;
  }

  /** Whether bytes without a line end were left at the end of the file. */
  boolean torn() {
    return torn;
  }

  /** The bytes without a line end; only as many of them as show that they are too long. */
  byte[] tail() {
    return torn ? Arrays.copyOfRange(buffer, limit - tail, limit) : new byte[0];
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private boolean found(int first, int end, long size, int next) {
    from = first;
    to = end;
    start = next;
    whole += size;
    return true;
  }

  /** Moves what is left to the front and reads behind it. */
  private boolean more() throws IOException {
    System.arraycopy(buffer, start, buffer, 0, limit - start);
    limit -= start;
    start = 0;
    if (limit == buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.min(buffer.length * 2, TOO_LONG + CHUNK));
    }
    int read = in.read(buffer, limit, buffer.length - limit);
    limit += Math.max(read, 0);
    return read > 0;
  }

  /** Keeps the beginning, which is too long already, and passes over the rest of the line. */
  private boolean monster() throws IOException {
    if (start > 0) {
      System.arraycopy(buffer, start, buffer, 0, limit - start);
      limit -= start;
      start = 0;
    }
    buffer = buffer.length < TOO_LONG + CHUNK ? Arrays.copyOf(buffer, TOO_LONG + CHUNK) : buffer;
    long size = TOO_LONG;
    int at = TOO_LONG;
    while (true) {
      for (; at < limit; at++, size++) {
        if (buffer[at] == '\n') {
          return found(0, TOO_LONG, size + 1, at + 1);
        }
      }
      int read = in.read(buffer, TOO_LONG, CHUNK);
      if (read <= 0) {
        limit = TOO_LONG;
        start = limit;
        torn = true;
        tail = TOO_LONG;
        return false;
      }
      at = TOO_LONG;
      limit = TOO_LONG + read;
    }
  }
}
