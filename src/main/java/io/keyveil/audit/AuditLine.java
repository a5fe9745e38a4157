package io.keyveil.audit;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/** A record as one line of JSON, and a line as JSON again. */
final class AuditLine {
  /**
   * The longest line that is written or believed. What a record holds comes out of the headers of
   * one request, and stays below this even if every character of them has to be escaped.
   */
  static final int LONGEST = 1024 * 1024;

  static final int VERSION = 1;

  /** What most lines fit into, in bytes. */
  private static final int TYPICAL = 768;

  private static final Set<String> KINDS = Set.of("intent", "completion", "management");

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private AuditLine() {}

  /** The line of a record that follows this link of the chain, without its line end. */
  static byte[] write(AuditRecord record, ChainLink before, String instance) {
    ByteArrayBuilder line = new ByteArrayBuilder(TYPICAL);
    try (JsonGenerator json = JSON.createGenerator(line)) {
      json.writeStartObject();
      json.writeNumberField("v", VERSION);
      json.writeNumberField("seq", before.seq() + 1);
      json.writeStringField("prev", before.digest());
      json.writeStringField("instance", instance);
      json.writeStringField("time", record.time().toString());
      json.writeStringField("event", record.event().text());
      record.match(Part::intent, Part::completion, Part::management).write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("memory can always be written to", e);
    }
    return line.toByteArray();
  }

  /** The record in a line, or empty if the line has not the form of one. */
  static Optional<ObjectNode> read(byte[] line) {
    try {
      JsonNode json = JSON.readTree(line);
      return isRecord(json) ? Optional.of((ObjectNode) json) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static boolean isRecord(JsonNode json) {
    return json.isObject()
        && json.path("v").asInt() == VERSION
        && json.path("seq").isIntegralNumber()
        && json.path("seq").canConvertToLong()
        && json.path("prev").isTextual()
        && json.path("time").isTextual()
        && json.path("event").isTextual()
        && KINDS.contains(json.path("kind").asText());
  }

  /** What one kind of record has of its own. */
  @FunctionalInterface
  private interface Part {
    void write(JsonGenerator json) throws IOException;

    static Part intent(AuditRecord.Intent intent) {
      return json -> {
        json.writeStringField("kind", "intent");
        json.writeStringField("request", intent.requestId());
        put(json, intent.actor());
        put(json, "file", intent.fileId());
        if (intent.revision().isPresent()) {
          json.writeNumberField("revision", intent.revision().getAsLong());
        }
        put(json, "link", intent.linkId());
        json.writeStringField("method", intent.method());
        json.writeStringField("client", intent.clientAddress());
        json.writeStringField("delivery", intent.delivery().word());
        json.writeStringField("decision", intent.decision().word());
        json.writeStringField("reason", intent.reason());
        put(json, "range", intent.range());
        json.writeNumberField("status", intent.status());
      };
    }

    static Part completion(AuditRecord.Completion completion) {
      return json -> {
        json.writeStringField("kind", "completion");
        json.writeStringField("request", completion.requestId());
        json.writeStringField("outcome", completion.ending().word());
        json.writeNumberField("status", completion.status());
        json.writeNumberField("sent", completion.sent());
        put(json, "range", completion.range());
        json.writeNumberField("ms", completion.took().toMillis());
      };
    }

    static Part management(AuditRecord.Management management) {
      return json -> {
        json.writeStringField("kind", "management");
        put(json, "request", management.requestId());
        put(json, management.actor());
        json.writeStringField("action", management.action());
        put(json, "file", management.fileId());
        put(json, "link", management.linkId());
        if (management.target().isPresent()) {
          put(json, management.target().get());
        }
        put(json, "client", management.clientAddress());
        json.writeStringField("outcome", management.outcome());
      };
    }

    private static void put(JsonGenerator json, AuditRecord.Target target) throws IOException {
      json.writeObjectFieldStart("target");
      put(json, "block", target.block());
      json.writeStringField("kind", target.kind());
      json.writeStringField("value", target.value());
      put(json, "issuer", target.issuer());
      json.writeEndObject();
    }

    private static void put(JsonGenerator json, String field, Optional<String> value)
        throws IOException {
      if (value.isPresent()) {
        json.writeStringField(field, value.get());
      }
    }

    private static void put(JsonGenerator json, Optional<Actor> actor) throws IOException {
      if (actor.isPresent()) {
        json.writeObjectFieldStart("actor");
        json.writeStringField("issuer", actor.get().issuer());
        json.writeStringField("subject", actor.get().subject());
        put(json, "client", actor.get().client());
        put(json, "token", actor.get().tokenDigest());
        json.writeEndObject();
      }
    }
  }
}
