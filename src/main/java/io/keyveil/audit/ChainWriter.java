package io.keyveil.audit;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Turns records into lines that follow from each other. A draft changes nothing; once its lines are
 * on disk it is taken over.
 */
final class ChainWriter {
  private final AuditSettings settings;
  private final String instance;
  private final EventIds ids;
  private final InstantSource clock;

  private final LineWriter lines = new LineWriter();

  private ChainLink last;
  private OpenIntents open = new OpenIntents();
  private long sinceCheckpoint;

  ChainWriter(
      AuditSettings settings, String instance, EventIds ids, InstantSource clock, ChainLink last) {
    this.settings = settings;
    this.instance = instance;
    this.ids = ids;
    this.clock = clock;
    this.last = last;
  }

  /** Where fresh IDs of records come from. */
  @FunctionalInterface
  interface EventIds {
    EventId next();
  }

  /** Begins a draft, and gives up the one before: all use the same bytes. */
  Draft draft() {
    lines.begin(last);
    return new Draft();
  }

  /** Whether anything was written since the last checkpoint. */
  boolean isUncovered() {
    return sinceCheckpoint > 0;
  }

  void take(Draft draft) {
    last = lines.end();
    sinceCheckpoint = draft.uncovered;
    draft.records.forEach(record -> open.note(record.record(), record.seq()));
  }

  /** Lines that are not on disk yet. */
  final class Draft {
    private final List<Numbered> records = new ArrayList<>();
    private long uncovered = sinceCheckpoint;
    private Optional<String> note = Optional.empty();

    void add(AuditRecord record) {
      AuditLine.write(record, instance, lines);
      records.add(new Numbered(record, lines.seq()));
      uncovered++;
      if (uncovered >= settings.checkpoint().records()) {
        checkpoint();
      }
    }

    /** Puts down what the chain is so far; there is nothing to say of an empty one. */
    void checkpoint() {
      if (lines.seq() == 0) {
        return;
      }
      Instant now = clock.instant();
      long oldest = open.oldest().orElse(last.seq() + 1);
      Checkpoint checkpoint =
          new Checkpoint(
              settings.origin(), lines.end(), instance, now.toString(), ids.next().text(), oldest);
      String text = checkpoint.note(settings.signingKey());
      AuditLine.write(checkpoint, text, lines);
      note = Optional.of(text);
      uncovered = 0;
    }

    ByteBuffer lines() {
      return lines.lines();
    }

    int size() {
      return lines.size();
    }

    /** Whether its last line is no checkpoint. */
    boolean isUncovered() {
      return uncovered > 0;
    }

    /** The newest checkpoint in it. */
    Optional<String> note() {
      return note;
    }
  }

  /** A record and its number. */
  private record Numbered(AuditRecord record, long seq) {}
}
