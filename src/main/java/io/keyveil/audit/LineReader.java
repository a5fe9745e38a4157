package io.keyveil.audit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file line by line as bytes, in bounded memory, and tells a line with an end from one
 * without, which the JDK's readers do not.
 */
final class LineReader implements AutoCloseable {
  private final InputStream in;
  private boolean torn;

  LineReader(Path file) throws IOException {
    this.in = new BufferedInputStream(Files.newInputStream(file), 64 * 1024);
  }

  /** The next whole line without its end, or null after the last; a monster comes cut. */
  byte @Nullable [] next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    for (int octet = in.read(); octet >= 0; octet = in.read()) {
      if (octet == '\n') {
        return line.toByteArray();
      }
      if (line.size() <= AuditLine.LONGEST) {
        line.write(octet);
      }
    }
    torn = line.size() > 0;
    return null;
  }

  /** Whether bytes without a line end were left at the end of the file. */
  boolean torn() {
    return torn;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
