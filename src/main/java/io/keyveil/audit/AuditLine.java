package io.keyveil.audit;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.audit.LineWriter.Field;
import java.io.IOException;
import java.nio.ByteBuffer;
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

  private static final Set<String> KINDS =
      Set.of("intent", "completion", "management", "refusals", "reconciled", "checkpoint");

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private AuditLine() {}

  /** Writes the line of a record behind the others. */
  static void write(AuditRecord record, String instance, LineWriter line) {
    write(
        line,
        begun -> {
          begun.put(Field.INSTANCE, instance);
          begun.put(Field.TIME, record.time());
          begun.put(Field.EVENT, record.event().text());
          record.match(Part.OF).write(begun);
        });
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
    LineWriter line = new LineWriter();
    line.begin(checkpoint.at());
    write(checkpoint, note, line);
    byte[] bytes = new byte[line.size() - 1];
    ByteBuffer unused = line.lines().get(bytes);
    return bytes;
  }

  /** Writes the line of a checkpoint behind those that it speaks of. */
  static void write(Checkpoint checkpoint, String note, LineWriter line) {
    write(
        line,
        begun -> {
          begun.put(Field.INSTANCE, checkpoint.instance());
          begun.put(Field.TIME, checkpoint.time());
          begun.put(Field.EVENT, checkpoint.event());
          begun.put(Field.KIND, "checkpoint");
          begun.put(Field.NOTE, note);
        });
  }

  private static void write(LineWriter line, Part part) {
    try {
      line.beginLine();
      part.write(line);
      line.endLine();
    } catch (IOException e) {
      throw new IllegalStateException("memory can always be written to", e);
    }
  }

  /** What one kind of record has of its own. */
  @FunctionalInterface
  private interface Part {
    AuditRecord.Cases<Part> OF = new Parts();

    void write(LineWriter line) throws IOException;
  }

  /** What each kind of record has of its own. */
  private static final class Parts implements AuditRecord.Cases<Part> {
    @Override
    public Part intent(AuditRecord.Intent intent) {
      return line -> {
        line.put(Field.KIND, "intent");
        line.put(Field.REQUEST, intent.requestId());
        put(line, intent.actor());
        line.put(Field.FILE, intent.fileId());
        line.put(Field.REVISION, intent.revision());
        line.put(Field.LINK, intent.linkId());
        line.put(Field.METHOD, intent.method());
        line.put(Field.CLIENT, intent.clientAddress());
        line.put(Field.DELIVERY, intent.delivery().word());
        line.put(Field.DECISION, intent.decision().word());
        line.put(Field.REASON, intent.reason());
        line.put(Field.RANGE, intent.range());
        line.put(Field.STATUS, intent.status());
      };
    }

    @Override
    public Part completion(AuditRecord.Completion completion) {
      return line -> {
        line.put(Field.KIND, "completion");
        line.put(Field.REQUEST, completion.requestId());
        put(line, completion.about());
        line.put(Field.OUTCOME, completion.ending().word());
        line.put(Field.STATUS, completion.status());
        if (completion.ending() != AuditRecord.Ending.UNKNOWN_AFTER_CRASH) {
          line.put(Field.SENT, completion.sent());
        }
        line.put(Field.RANGE, completion.range());
        if (completion.ending() != AuditRecord.Ending.UNKNOWN_AFTER_CRASH) {
          line.put(Field.MS, completion.took().toMillis());
        }
      };
    }

    @Override
    public Part management(AuditRecord.Management act) {
      return line -> {
        line.put(Field.KIND, "management");
        line.put(Field.REQUEST, act.requestId());
        put(line, act.actor());
        line.put(Field.ACTION, act.action());
        line.put(Field.FILE, act.fileId());
        line.put(Field.REVISION, act.revision());
        line.put(Field.LINK, act.linkId());
        if (act.target().isPresent()) {
          put(line, act.target().get());
        }
        line.put(Field.CLIENT, act.clientAddress());
        line.put(Field.OUTCOME, act.outcome());
      };
    }

    @Override
    public Part refusals(AuditRecord.Refusals refusals) {
      return line -> {
        line.put(Field.KIND, "refusals");
        line.put(Field.SINCE, refusals.since().toString());
        put(line, refusals.actor());
        line.put(Field.CLIENT, refusals.addressBlock());
        line.put(Field.REASON, refusals.reason());
        line.put(Field.STATUS, refusals.status());
        line.put(Field.COUNT, refusals.count());
      };
    }

    @Override
    public Part reconciled(AuditRecord.Reconciled reconciled) {
      return line -> {
        line.put(Field.KIND, "reconciled");
        line.put(Field.REQUEST, reconciled.requestId());
        line.put(Field.FILE, reconciled.fileId());
        line.put(Field.CLIENT, reconciled.clientAddress());
        line.put(Field.OUTCOME, reconciled.finding().word());
        line.put(Field.FETCHES, reconciled.fetches());
        line.put(Field.SENT, reconciled.sent());
        line.put(Field.FETCHED, reconciled.fetched().map(Object::toString));
        if (!reconciled.requests().isEmpty()) {
          line.put(Field.REQUESTS, String.join(" ", reconciled.requests()));
        }
      };
    }

    private static void put(LineWriter line, AuditRecord.About about) throws IOException {
      put(line, about.actor());
      line.put(Field.FILE, about.fileId());
      line.put(Field.REVISION, about.revision());
      line.put(Field.LINK, about.linkId());
      line.put(Field.CLIENT, about.clientAddress());
      if (about.delivery().isPresent()) {
        line.put(Field.DELIVERY, about.delivery().get().word());
      }
    }

    private static void put(LineWriter line, AuditRecord.Target target) throws IOException {
      line.beginObject(Field.TARGET);
      line.put(Field.BLOCK, target.block());
      line.put(Field.KIND, target.kind());
      line.put(Field.VALUE, target.value());
      line.put(Field.ISSUER, target.issuer());
      line.endObject();
    }

    private static void put(LineWriter line, Optional<Actor> actor) throws IOException {
      if (actor.isPresent()) {
        line.beginObject(Field.ACTOR);
        line.put(Field.ISSUER, actor.get().issuer());
        line.put(Field.SUBJECT, actor.get().subject());
        line.put(Field.CLIENT, actor.get().client());
        line.put(Field.TOKEN, actor.get().tokenDigest());
        line.endObject();
      }
    }
  }
}
