package io.keyveil.delivery;

/**
 * A run of bytes within an object, both ends included (RFC 9110 section 14.1.2).
 *
 * @param first offset of the first byte
 * @param last offset of the last byte
 */
public record ByteSpan(long first, long last) {
  public ByteSpan {
    if (first < 0 || last < first) {
      throw new IllegalArgumentException("not a span: " + first + "-" + last);
    }
  }

  /** How many bytes it covers. */
  public long length() {
    return last - first + 1;
  }

  /** The value of {@code Content-Range} (RFC 9110 section 14.4). */
  public String contentRange(long size) {
    return "bytes " + first + "-" + last + "/" + size;
  }

  /** The value of {@code Range}. */
  @Override
  public String toString() {
    return "bytes=" + first + "-" + last;
  }
}
