package io.keyveil.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
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

  private static final Set<String> KINDS = Set.of("intent", "completion", "management");

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private AuditLine() {}

  /** The line of a record that follows this link of the chain, without its line end. */
  static byte[] write(AuditRecord record, ChainLink before, String instance) {
    ObjectNode json = JSON.createObjectNode();
    json.put("v", VERSION);
    json.put("seq", before.seq() + 1);
    json.put("prev", before.digest());
    json.put("instance", instance);
    json.put("time", record.time().toString());
    json.put("event", record.event().text());
    put(record, json);
    try {
      return JSON.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can always be written", e);
    }
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

  private static void put(AuditRecord record, ObjectNode json) {
    record
        .<Runnable>match(
            intent -> () -> putIntent(intent, json),
            completion -> () -> putCompletion(completion, json),
            management -> () -> putManagement(management, json))
        .run();
  }

  private static void putIntent(AuditRecord.Intent intent, ObjectNode json) {
    json.put("kind", "intent");
    json.put("request", intent.requestId());
    intent.actor().ifPresent(actor -> putActor(actor, json));
    intent.fileId().ifPresent(id -> json.put("file", id));
    intent.revision().ifPresent(revision -> json.put("revision", revision));
    json.put("method", intent.method());
    json.put("client", intent.clientAddress());
    json.put("delivery", intent.delivery().word());
    json.put("decision", intent.decision().word());
    json.put("reason", intent.reason());
    intent.range().ifPresent(range -> json.put("range", range));
    json.put("status", intent.status());
  }

  private static void putCompletion(AuditRecord.Completion completion, ObjectNode json) {
    json.put("kind", "completion");
    json.put("request", completion.requestId());
    json.put("outcome", completion.ending().word());
    json.put("status", completion.status());
    json.put("sent", completion.sent());
    completion.range().ifPresent(range -> json.put("range", range));
    json.put("ms", completion.took().toMillis());
  }

  private static void putManagement(AuditRecord.Management management, ObjectNode json) {
    json.put("kind", "management");
    management.requestId().ifPresent(id -> json.put("request", id));
    management.actor().ifPresent(actor -> putActor(actor, json));
    json.put("action", management.action());
    management.fileId().ifPresent(id -> json.put("file", id));
    json.put("outcome", management.outcome());
  }

  private static void putActor(Actor actor, ObjectNode json) {
    ObjectNode who = json.putObject("actor");
    who.put("issuer", actor.issuer());
    who.put("subject", actor.subject());
    actor.client().ifPresent(client -> who.put("client", client));
    actor.tokenDigest().ifPresent(digest -> who.put("token", digest));
  }
}
