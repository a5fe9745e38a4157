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
import java.util.OptionalLong;
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

  private static final Set<String> KINDS =
      Set.of("intent", "completion", "management", "refusals", "reconciled", "checkpoint");

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
      record.match(Part.OF).write(json);
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

  /** The line of a checkpoint; all of it follows from the note, so that no byte of it is free. */
  static byte[] write(Checkpoint checkpoint, String note) {
    ByteArrayBuilder line = new ByteArrayBuilder(TYPICAL);
    try (JsonGenerator json = JSON.createGenerator(line)) {
      json.writeStartObject();
      json.writeNumberField("v", VERSION);
      json.writeNumberField("seq", checkpoint.at().seq() + 1);
      json.writeStringField("prev", checkpoint.at().digest());
      json.writeStringField("instance", checkpoint.instance());
      json.writeStringField("time", checkpoint.time());
      json.writeStringField("event", checkpoint.event());
      json.writeStringField("kind", "checkpoint");
      json.writeStringField("note", note);
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("memory can always be written to", e);
    }
    return line.toByteArray();
  }

  /** What one kind of record has of its own. */
  @FunctionalInterface
  private interface Part {
    AuditRecord.Cases<Part> OF = new Parts();

    void write(JsonGenerator json) throws IOException;
  }

  /** What each kind of record has of its own. */
  private static final class Parts implements AuditRecord.Cases<Part> {
    @Override
    public Part intent(AuditRecord.Intent intent) {
      return json -> {
        json.writeStringField("kind", "intent");
        put(json, "request", intent.requestId());
        put(json, intent.actor());
        put(json, "file", intent.fileId());
        put(json, "revision", intent.revision());
        put(json, "link", intent.linkId());
        put(json, "method", intent.method());
        put(json, "client", intent.clientAddress());
        json.writeStringField("delivery", intent.delivery().word());
        json.writeStringField("decision", intent.decision().word());
        json.writeStringField("reason", intent.reason());
        put(json, "range", intent.range());
        json.writeNumberField("status", intent.status());
      };
    }

    @Override
    public Part completion(AuditRecord.Completion completion) {
      return json -> {
        json.writeStringField("kind", "completion");
        put(json, "request", completion.requestId());
        put(json, completion.about());
        json.writeStringField("outcome", completion.ending().word());
        json.writeNumberField("status", completion.status());
        if (completion.ending() != AuditRecord.Ending.UNKNOWN_AFTER_CRASH) {
          json.writeNumberField("sent", completion.sent());
        }
        put(json, "range", completion.range());
        if (completion.ending() != AuditRecord.Ending.UNKNOWN_AFTER_CRASH) {
          json.writeNumberField("ms", completion.took().toMillis());
        }
      };
    }

    @Override
    public Part management(AuditRecord.Management act) {
      return json -> {
        json.writeStringField("kind", "management");
        put(json, "request", act.requestId());
        put(json, act.actor());
        json.writeStringField("action", act.action());
        put(json, "file", act.fileId());
        put(json, "revision", act.revision());
        put(json, "link", act.linkId());
        if (act.target().isPresent()) {
          put(json, act.target().get());
        }
        put(json, "client", act.clientAddress());
        json.writeStringField("outcome", act.outcome());
      };
    }

    @Override
    public Part refusals(AuditRecord.Refusals refusals) {
      return json -> {
        json.writeStringField("kind", "refusals");
        json.writeStringField("since", refusals.since().toString());
        put(json, refusals.actor());
        put(json, "client", refusals.addressBlock());
        json.writeStringField("reason", refusals.reason());
        json.writeNumberField("status", refusals.status());
        json.writeNumberField("count", refusals.count());
      };
    }

    @Override
    public Part reconciled(AuditRecord.Reconciled reconciled) {
      return json -> {
        json.writeStringField("kind", "reconciled");
        put(json, "request", reconciled.requestId());
        put(json, "file", reconciled.fileId());
        put(json, "client", reconciled.clientAddress());
        json.writeStringField("outcome", reconciled.finding().word());
        json.writeNumberField("fetches", reconciled.fetches());
        json.writeNumberField("sent", reconciled.sent());
        put(json, "fetched", reconciled.fetched().map(Object::toString));
        if (!reconciled.requests().isEmpty()) {
          json.writeStringField("requests", String.join(" ", reconciled.requests()));
        }
      };
    }

    private static void put(JsonGenerator json, AuditRecord.About about) throws IOException {
      put(json, about.actor());
      put(json, "file", about.fileId());
      put(json, "revision", about.revision());
      put(json, "link", about.linkId());
      put(json, "client", about.clientAddress());
      if (about.delivery().isPresent()) {
        json.writeStringField("delivery", about.delivery().get().word());
      }
    }

    private static void put(JsonGenerator json, String field, OptionalLong value)
        throws IOException {
      if (value.isPresent()) {
        json.writeNumberField(field, value.getAsLong());
      }
    }

    private static void put(JsonGenerator json, AuditRecord.Target target) throws IOException {
      json.writeObjectFieldStart("target");
      put(json, "block", target.block());
      put(json, "kind", target.kind());
      put(json, "value", target.value());
      put(json, "issuer", target.issuer());
      json.writeEndObject();
    }

    private static void put(JsonGenerator json, String field, Optional<String> value)
        throws IOException {
      if (value.isPresent()) {
        put(json, field, value.get());
      }
    }

    private static void put(JsonGenerator json, String field, String value) throws IOException {
      json.writeStringField(field, AuditText.encodable(value));
    }

    private static void put(JsonGenerator json, Optional<Actor> actor) throws IOException {
      if (actor.isPresent()) {
        json.writeObjectFieldStart("actor");
        put(json, "issuer", actor.get().issuer());
        put(json, "subject", actor.get().subject());
        put(json, "client", actor.get().client());
        put(json, "token", actor.get().tokenDigest());
        json.writeEndObject();
      }
    }
  }
}
