package io.keyveil.delivery;

import io.netty.handler.codec.DateFormatter;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;

/** The dates of HTTP fields (RFC 9110 section 5.6.7), all three forms read, one written. */
public final class HttpDates {
  private HttpDates() {}

  /** The instant in a field, or empty if it is no HTTP date. */
  public static Optional<Instant> parse(String field) {
    return field.length() > 64
        ? Optional.empty()
        : Optional.ofNullable(DateFormatter.parseHttpDate(field)).map(Date::toInstant);
  }

  /** The IMF-fixdate form. */
  public static String format(Instant instant) {
    return DateFormatter.format(Date.from(instant));
  }
}
