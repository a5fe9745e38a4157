package io.keyveil.delivery;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The one range a client asked for (RFC 9110 section 14.2), not yet held against a size. Whatever
 * is malformed, in another unit or asks for several ranges is no range request at all: such a
 * client gets the whole file, which the RFC allows and every client understands.
 */
public sealed interface RangeRequest {
  /** Digits enough for any object S3 can hold, few enough for a {@code long}. */
  Pattern FORM = Pattern.compile("bytes=\\s*(\\d{0,18})-(\\d{0,18})\\s*");

  /** The span within an object of this size, or empty if the range cannot be satisfied. */
  Optional<ByteSpan> within(long size);

  /** The single range in a {@code Range} field, or empty. */
  static Optional<RangeRequest> parse(String field) {
    Matcher form = FORM.matcher(field.toLowerCase(Locale.ROOT).strip());
    return form.matches() ? of(form.group(1), form.group(2)) : Optional.empty();
  }

  private static Optional<RangeRequest> of(String first, String last) {
    if (first.isEmpty()) {
      return last.isEmpty() ? Optional.empty() : Optional.of(new Suffix(Long.parseLong(last)));
    }
    long from = Long.parseLong(first);
    long to = last.isEmpty() ? Long.MAX_VALUE : Long.parseLong(last);
    return to < from ? Optional.empty() : Optional.of(new From(from, to));
  }

  /**
   * From an offset to another, or to the end.
   *
   * @param first offset of the first byte
   * @param last offset of the last byte; anything past the end means the end
   */
  record From(long first, long last) implements RangeRequest {
    @Override
    public Optional<ByteSpan> within(long size) {
      return first >= size
          ? Optional.empty()
          : Optional.of(new ByteSpan(first, Math.min(last, size - 1)));
    }
  }

  /**
   * The last so many bytes.
   *
   * @param length how many; 0 cannot be satisfied
   */
  record Suffix(long length) implements RangeRequest {
    @Override
    public Optional<ByteSpan> within(long size) {
      return length == 0 || size == 0
          ? Optional.empty()
          : Optional.of(new ByteSpan(Math.max(0, size - length), size - 1));
    }
  }
}
