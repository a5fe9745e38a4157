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

/** What a line of nginx's log says about one download that it carried. */
final class CarriedLine {
  private static final Pattern EVENT = Pattern.compile("[A-Za-z0-9_-]{22}");
  private static final Pattern REQUEST = Pattern.compile("[0-9a-f]{24}");
  private static final Pattern COUNT = Pattern.compile("\\d{1,18}");
  private static final Pattern RANGE = Pattern.compile("(bytes=\\d{1,18}-\\d{1,18})?");
  private static final Pattern SECONDS = Pattern.compile("\\d{1,9}\\.\\d{3}");

  private CarriedLine() {}

  /** Whether it is about a download at all: nginx logs its other requests in the same form. */
  static boolean isAboutUs(String line) {
    return !line.contains("\"event\":\"\"");
  }

  static Optional<Completion> parse(String line, Instant now) {
    try {
      JsonObject json = new JsonObject(line);
      return isSound(json) ? Optional.of(completion(json, now)) : Optional.empty();
    } catch (DecodeException | ClassCastException e) {
      return Optional.empty();
    }
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

  private static Completion completion(JsonObject json, Instant now) {
    int status = json.getInteger("status");
    long bytes = json.getLong("bytes");
    String range = json.getString("range", "");
    boolean served = status == 200 || status == 206;
    return new Completion(
        new EventId(json.getString("event")),
        json.getString("request"),
        now,
        About.only(Way.OFFLOAD),
        ending(status, served && bytes == Long.parseLong(json.getString("length"))),
        status,
        served ? bytes : 0,
        range.isEmpty() ? Optional.empty() : Optional.of(range.substring("bytes=".length())),
        Duration.ofMillis(Long.parseLong(json.getString("seconds").replace(".", ""))));
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
