package io.keyveil.audit;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * Times as {@link Instant#toString} has them. Most are of the same second as the one before, and
 * only their fractions are new: none, three, six or nine digits.
 */
final class TimeText {
  private byte[] text = new byte[0];
  private int dot;
  private long second = Long.MIN_VALUE;

  /** Writes a time as a string. */
  void write(Instant time, JsonGenerator json) throws IOException {
    if (time.getEpochSecond() != second) {
      begin(time.getEpochSecond());
    }
    json.writeRawUTF8String(text, 0, fraction(time.getNano()));
  }

  private void begin(long newest) {
    String whole = Instant.ofEpochSecond(newest).toString();
    text = (whole + ".123456789").getBytes(StandardCharsets.US_ASCII);
    dot = whole.length() - 1;
    second = newest;
  }

  /** Puts the fraction behind the whole second, and tells where it all ends. */
  private int fraction(int nanos) {
    int end = dot;
    if (nanos > 0) {
      text[end++] = '.';
      int rest = nanos;
      while (rest > 0 || (end - dot) % 3 != 1) {
        text[end++] = (byte) ('0' + rest / 100_000_000);
        rest = rest % 100_000_000 * 10;
      }
    }
    text[end++] = 'Z';
    return end;
  }
}
