package io.keyveil.s3;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.keyveil.audit.EventId;
import io.keyveil.audit.Fetch;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * Reads what S3 logs of GETs that were asked by presigned URL: server access logs and CloudTrail's
 * data events, plain or gzipped, told apart by their first byte. What the gateway fetches by itself
 * is signed in a header, and passed over; so are buckets and keys.
 */
public final class FetchLog {
  private static final Pattern FIELD = Pattern.compile("\"([^\"]*)\"|\\[([^\\]]*)\\]|(\\S+)");
  private static final Pattern CORRELATION =
      Pattern.compile("[?&]" + S3RedirectSigner.CORRELATION + "=([A-Za-z0-9_-]{22})(?=[& ])");
  private static final Pattern EVENT = Pattern.compile("[A-Za-z0-9_-]{22}");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ROOT);
  private static final Set<String> WITH_BYTES = Set.of("200", "206");
  private static final int LONGEST = 64 * 1024;
  private static final JsonMapper JSON = new JsonMapper();

  private final Consumer<Fetch> fetches;
  private final Consumer<Instant> reached;
  private long unread;

  /**
   * @param fetches gets each fetch
   * @param reached gets the time of each entry, also of others
   */
  public FetchLog(Consumer<Fetch> fetches, Consumer<Instant> reached) {
    this.fetches = fetches;
    this.reached = reached;
  }

  /** How many entries were in no form that is known. */
  public long unread() {
    return unread;
  }

  /** Reads one log file to its end, in bounded memory. */
  public void read(InputStream log) throws IOException {
    BufferedInputStream bytes = new BufferedInputStream(log);
    bytes.mark(2);
    int first = bytes.read();
    int second = bytes.read();
    bytes.reset();
    if (first == 0x1f && second == 0x8b) {
      read(new GZIPInputStream(bytes));
    } else if (first == '{') {
      cloudTrail(bytes);
    } else {
      accessLog(bytes);
    }
  }

  private void accessLog(InputStream log) throws IOException {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(log, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.isBlank()) {
          entry(line);
        }
      }
    }
  }

  /** Owner, bucket, [time], address, requester, request ID, operation, key, "URI", status, ... */
  private void entry(String line) {
    List<String> fields = new ArrayList<>();
    Matcher field = FIELD.matcher(line.length() > LONGEST ? line.substring(0, LONGEST) : line);
    while (fields.size() < 12 && field.find()) {
      fields.add(
          Optional.ofNullable(field.group(1))
              .or(() -> Optional.ofNullable(field.group(2)))
              .orElseGet(field::group));
    }
    Optional<Instant> time = fields.size() < 12 ? Optional.empty() : time(fields.get(2));
    if (time.isEmpty()) {
      unread++;
      return;
    }
    reached.accept(time.get());
    String uri = fields.get(8);
    boolean presigned = uri.contains("X-Amz-Signature=") || uri.contains("X-Amz-Credential=");
    if (fields.get(6).equals("REST.GET.OBJECT")
        && WITH_BYTES.contains(fields.get(9))
        && presigned) {
      Matcher found = CORRELATION.matcher(uri);
      fetches.accept(
          new Fetch(
              found.find() ? Optional.of(new EventId(found.group(1))) : Optional.empty(),
              fields.get(5),
              time.get(),
              fields.get(3),
              bytes(fields.get(11))));
    }
  }

  private static Optional<Instant> time(String text) {
    try {
      return Optional.of(OffsetDateTime.parse(text, TIME).toInstant());
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static long bytes(String text) {
    return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
  }

  /** One object with a list, of which one element at a time is held. */
  private void cloudTrail(InputStream log) throws IOException {
    try (JsonParser json = JSON.createParser(log)) {
      while (json.nextToken() != null) {
        if (json.currentToken() == JsonToken.FIELD_NAME && "Records".equals(json.currentName())) {
          var unused = json.nextToken();
          while (json.nextToken() == JsonToken.START_OBJECT) {
            JsonNode event = JSON.readTree(json);
            event(event);
          }
        }
      }
    }
  }

  private void event(JsonNode event) {
    Instant time;
    try {
      time = Instant.parse(event.path("eventTime").asText());
    } catch (DateTimeParseException e) {
      unread++;
      return;
    }
    reached.accept(time);
    boolean presigned =
        event
            .path("additionalEventData")
            .path("AuthenticationMethod")
            .asText()
            .equals("QueryString");
    if (event.path("eventName").asText().equals("GetObject")
        && event.path("errorCode").isMissingNode()
        && presigned) {
      String correlation =
          event.path("requestParameters").path(S3RedirectSigner.CORRELATION).asText();
      fetches.accept(
          new Fetch(
              EVENT.matcher(correlation).matches()
                  ? Optional.of(new EventId(correlation))
                  : Optional.empty(),
              event.path("requestID").asText(),
              time,
              event.path("sourceIPAddress").asText(),
              event.path("additionalEventData").path("bytesTransferredOut").asLong()));
    }
  }
}
