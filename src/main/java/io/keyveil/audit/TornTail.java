package io.keyveil.audit;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Tells what a crash leaves behind the last line end from what it does not: the beginning of the
 * record that would have come next, as far as it goes, and after that nothing but the NULs of a
 * power cut. A whole record may lack its line end, but may not have another byte in its place.
 */
final class TornTail {
  private final Path file;
  private final long line;
  private final byte[] bytes;
  private final int length;

  /**
   * @param line the number of the line that they would be
   * @param bytes all that is there, or so many as show that they are too long
   */
  TornTail(Path file, long line, byte[] bytes) {
    this.file = file;
    this.line = line;
    this.bytes = bytes.clone();
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] == 0) {
      end--;
    }
    this.length = end;
  }

  Path file() {
    return file;
  }

  long line() {
    return line;
  }

  int size() {
    return bytes.length;
  }

  /** Whether a write that was to follow this record can have left them. */
  boolean follows(ChainLink last) {
    if (bytes.length > AuditLine.LONGEST) {
      return false;
    }
    String text =
        "{\"v\":1,\"seq\":"
            + (last.seq() + 1)
            + ",\"prev\":\""
            + last.digest()
            + "\",\"instance\":\"";
    byte[] begin = text.getBytes(StandardCharsets.US_ASCII);
    int common = Math.min(begin.length, length);
    if (!Arrays.equals(begin, 0, common, bytes, 0, common)) {
      return false;
    }
    return length <= begin.length || isBeginning() || isWhole();
  }

  private boolean isWhole() {
    return length == bytes.length && new CanonicalLine().read(bytes, 0, length);
  }

  /** Whether an object is open up to the end, with nothing in it that no record has. */
  private boolean isBeginning() {
    int depth = 0;
    boolean inText = false;
    for (int i = 0; i < length; i++) {
      byte octet = bytes[i];
      if (octet >= 0 && octet < ' ') {
        return false;
      } else if (inText) {
        inText = octet != '"';
        i += octet == '\\' ? 1 : 0;
      } else if (octet == '"') {
        inText = true;
      } else {
        depth += octet == '{' ? 1 : octet == '}' ? -1 : 0;
        if (depth == 0 || "0123456789{}:,".indexOf(octet) < 0) {
          return false;
        }
      }
    }
    return true;
  }
}
