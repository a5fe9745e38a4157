package io.keyveil.audit;

import io.keyveil.audit.AuditRecord.Completion;
import io.keyveil.audit.AuditRecord.Ending;
import io.keyveil.audit.AuditRecord.Intent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What happened while nothing could be written, and has happened all the same: it goes first once
 * something can. What is too much of it is told after the next start, as an end that is not known.
 */
final class KeptRecords {
  private final int most;
  private final List<AuditRecord> records = new ArrayList<>();

  /**
   * @param most how many records to keep
   */
  KeptRecords(int most) {
    this.most = most;
  }

  void add(List<AuditRecord> more) {
    if (records.size() + more.size() <= most) {
      records.addAll(more);
    }
  }

  /** A decision that is on disk, and that nothing followed from. */
  void notStarted(AuditRecord record, Instant now) {
    if (record instanceof Intent intent && OpenIntents.expectsEnd(intent)) {
      add(List.of(Completion.of(intent, now, Ending.NOT_STARTED, 503, 0)));
    }
  }

  List<AuditRecord> all() {
    return records;
  }

  void clear() {
    records.clear();
  }
}
