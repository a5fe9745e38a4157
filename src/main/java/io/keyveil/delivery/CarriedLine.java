package io.keyveil.delivery;

import io.keyveil.audit.AuditRecord.About;
import io.keyveil.audit.AuditRecord.Completion;
import io.keyveil.audit.AuditRecord.Ending;
import io.keyveil.audit.AuditRecord.Way;
import io.keyveil.audit.EventId;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a line of nginx's log says about one download that it carried.
 *
 * @param completion the record of its end
 * @param window where its bytes are to be counted, if anywhere
 */
record CarriedLine(Completion completion, Optional<CarriedWindow> window) {
  private static final Pattern EVENT = Pattern.compile("[A-Za-z0-9_-]{22}");
  private static final Pattern REQUEST = Pattern.compile("[0-9a-f]{24}");
  private static final Pattern COUNT = Pattern.compile("\\d{1,18}");
  private static final Pattern RANGE = Pattern.compile("(bytes=\\d{1,18}-\\d{1,18})?");
  private static final Pattern SECONDS = Pattern.compile("\\d{1,9}\\.\\d{3}");

  /** How each line begins. */
  private static final String BEGIN = "{\"time\":\"";

  /** Whose line it is. */
  enum Owner {
    /** This instance decided about it. */
    OURS,
    /** Another did, or it is about a request of another kind, which nginx logs in the same form. */
    OTHERS,
    /** It is none. */
    NOBODY
  }

  /** Tells by the least that a line needs, since there are many of others. */
  static Owner owner(String line, String instance) {
    if (line.contains("\"instance\":\"" + instance + "\"")) {
      return Owner.OURS;
    }
    boolean whole = line.startsWith(BEGIN) && line.endsWith("}");
    boolean known = line.contains("\"instance\":\"") || line.contains("\"event\":\"\"");
    return whole && known ? Owner.OTHERS : Owner.NOBODY;
  }

  /**
   * Reads a line. A disk that was full leaves a piece of one with the next behind it, so what
   * stands before the last beginning counts for nothing.
   */
  static Optional<CarriedLine> parse(String line, Instant now) {
    String whole = line.substring(Math.max(0, line.lastIndexOf(BEGIN)));
    try {
      JsonObject json = new JsonObject(whole);
      return isSound(json) ? Optional.of(read(json, now)) : Optional.empty();
    } catch (DecodeException | ClassCastException e) {
      return Optional.empty();
    }
  }

  /** The first of the bytes that were sent. */
  long first() {
    return completion
        .range()
        .map(range -> Long.parseLong(range.substring(0, range.indexOf('-'))))
        .orElse(0L);
  }

  private static boolean isSound(JsonObject json) {
    return EVENT.matcher(json.getString("event", "")).matches()
        && REQUEST.matcher(json.getString("request", "")).matches()
        && COUNT.matcher(json.getString("length", "")).matches()
        && SECONDS.matcher(json.getString("seconds", "")).matches()
        && RANGE.matcher(json.getString("range", "")).matches()
        && json.getLong("bytes", -1L) >= 0
        && json.getInteger("status", 0) >= 100;
  }

  private static CarriedLine read(JsonObject json, Instant now) {
    int status = json.getInteger("status");
    long bytes = json.getLong("bytes");
    String range = json.getString("range", "");
    boolean served = status == 200 || status == 206;
    boolean other = served && !json.getString("match", "").equals(json.getString("etag", ""));
    Completion completion =
        new Completion(
            new EventId(json.getString("event")),
            json.getString("request"),
            now,
            About.only(Way.OFFLOAD),
            other
                ? Ending.CORRUPT
                : ending(status, served && bytes == Long.parseLong(json.getString("length"))),
            status,
            served ? bytes : 0,
            range.isEmpty() ? Optional.empty() : Optional.of(range.substring("bytes=".length())),
            Duration.ofMillis(Long.parseLong(json.getString("seconds").replace(".", ""))));
    return new CarriedLine(completion, CarriedWindow.parse(json.getString("window", "")));
  }

  /** nginx says 499 where the client left before there was an answer. */
  private static Ending ending(int status, boolean whole) {
    if (whole) {
      return Ending.COMPLETE;
    }
    return status == 200 || status == 206 || status == 499
        ? Ending.ABORTED_BY_CLIENT
        : Ending.UPSTREAM_FAILED;
  }
}
