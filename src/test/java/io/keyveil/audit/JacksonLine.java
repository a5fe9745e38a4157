package io.keyveil.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** What a record's line is according to Jackson. */
final class JacksonLine implements AuditRecord.Cases<JacksonLine> {
  private static final JsonMapper JSON = new JsonMapper();

  private final Map<String, Object> fields = new LinkedHashMap<>();

  private JacksonLine() {}

  static byte[] write(AuditRecord record, ChainLink before, String instance) {
    JacksonLine line =
        new JacksonLine()
            .put("v", 1)
            .put("seq", before.seq() + 1)
            .put("prev", before.digest())
            .put("instance", instance)
            .put("time", record.time().toString())
            .put("event", record.event().text());
    try {
      return JSON.writeValueAsBytes(record.match(line).fields);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public JacksonLine intent(AuditRecord.Intent intent) {
    return put("kind", "intent")
        .put("request", intent.requestId())
        .put("actor", intent.actor().map(JacksonLine::actor))
        .put("file", intent.fileId())
        .put("revision", intent.revision())
        .put("link", intent.linkId())
        .put("method", intent.method())
        .put("client", intent.clientAddress())
        .put("delivery", intent.delivery().word())
        .put("decision", intent.decision().word())
        .put("reason", intent.reason())
        .put("range", intent.range())
        .put("status", intent.status());
  }

  @Override
  public JacksonLine completion(AuditRecord.Completion completion) {
    boolean known = completion.ending() != AuditRecord.Ending.UNKNOWN_AFTER_CRASH;
    AuditRecord.About about = completion.about();
    return put("kind", "completion")
        .put("request", completion.requestId())
        .put("actor", about.actor().map(JacksonLine::actor))
        .put("file", about.fileId())
        .put("revision", about.revision())
        .put("link", about.linkId())
        .put("client", about.clientAddress())
        .put("delivery", about.delivery().map(AuditRecord.Way::word))
        .put("outcome", completion.ending().word())
        .put("status", completion.status())
        .put("sent", known ? OptionalLong.of(completion.sent()) : OptionalLong.empty())
        .put("range", completion.range())
        .put("ms", known ? OptionalLong.of(completion.took().toMillis()) : OptionalLong.empty());
  }

  @Override
  public JacksonLine management(AuditRecord.Management act) {
    return put("kind", "management")
        .put("request", act.requestId())
        .put("actor", act.actor().map(JacksonLine::actor))
        .put("action", act.action())
        .put("file", act.fileId())
        .put("revision", act.revision())
        .put("link", act.linkId())
        .put("target", act.target().map(JacksonLine::target))
        .put("client", act.clientAddress())
        .put("outcome", act.outcome());
  }

  @Override
  public JacksonLine refusals(AuditRecord.Refusals refusals) {
    return put("kind", "refusals")
        .put("since", refusals.since().toString())
        .put("actor", refusals.actor().map(JacksonLine::actor))
        .put("client", refusals.addressBlock())
        .put("reason", refusals.reason())
        .put("status", refusals.status())
        .put("count", refusals.count());
  }

  @Override
  public JacksonLine reconciled(AuditRecord.Reconciled reconciled) {
    Optional<String> requests =
        Optional.of(String.join(" ", reconciled.requests())).filter(text -> !text.isEmpty());
    return put("kind", "reconciled")
        .put("request", reconciled.requestId())
        .put("file", reconciled.fileId())
        .put("client", reconciled.clientAddress())
        .put("outcome", reconciled.finding().word())
        .put("fetches", reconciled.fetches())
        .put("sent", reconciled.sent())
        .put("fetched", reconciled.fetched().map(Object::toString))
        .put("requests", requests);
  }

  private static Map<String, Object> actor(Actor actor) {
    return new JacksonLine()
        .put("issuer", actor.issuer())
        .put("subject", actor.subject())
        .put("client", actor.client())
        .put("token", actor.tokenDigest())
        .fields;
  }

  private static Map<String, Object> target(AuditRecord.Target target) {
    return new JacksonLine()
        .put("block", target.block())
        .put("kind", target.kind())
        .put("value", target.value())
        .put("issuer", target.issuer())
        .fields;
  }

  private JacksonLine put(String name, Optional<?> value) {
    return value.isPresent() ? put(name, value.get()) : this;
  }

  private JacksonLine put(String name, OptionalLong value) {
    return value.isPresent() ? put(name, value.getAsLong()) : this;
  }

  private JacksonLine put(String name, Object value) {
    fields.put(name, value instanceof String text ? encodable(text) : value);
    return this;
  }

  /** Half a surrogate pair becomes a question mark; Jackson would refuse it. */
  private static String encodable(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }
}
