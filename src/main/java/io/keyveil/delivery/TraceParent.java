package io.keyveil.delivery;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * The trace that a request says it belongs to (W3C Trace Context, version 00). It is text from
 * outside: it ties logs together, and nothing is decided by it.
 *
 * @param trace the trace ID, 32 hexadecimal digits
 * @param flags two of them
 */
public record TraceParent(String trace, String flags) {
  public static final String FIELD = "traceparent";

  private static final Pattern FORM =
      Pattern.compile("00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})");
  private static final int SPAN = 16;

  /** A line of the log with what was passed on, where something was. */
  public static LoggingEventBuilder told(LoggingEventBuilder line, Optional<String> passedOn) {
    return passedOn.map(field -> line.addKeyValue("trace", field)).orElse(line);
  }

  /** Reads the fields of that name; empty unless there is one and it has the very form. */
  public static Optional<TraceParent> parse(List<String> fields) {
    if (fields.size() != 1) {
      return Optional.empty();
    }
    Matcher form = FORM.matcher(fields.get(0));
    return form.matches()
        ? Optional.of(new TraceParent(form.group(1), form.group(2)))
        : Optional.empty();
  }

  /** The field for what we ask in turn; our part of the trace is named by the request's ID. */
  public String passedOn(String requestId) {
    return "00-" + trace + "-" + requestId.substring(0, SPAN) + "-" + flags;
  }
}
