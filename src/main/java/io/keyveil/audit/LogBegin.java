package io.keyveil.audit;

import io.keyveil.audit.Verdict.Begin;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Why a log may begin where it does. Number 1 follows nothing. A later one is the first only if the
 * log itself says that everything before it was archived, which is written before anything is
 * deleted, or if a checkpoint that was kept elsewhere knows the record before.
 */
final class LogBegin {
  private final boolean partial;
  private ChainLink before = ChainLink.START;
  private byte[] saying = new byte[0];
  private long said;
  private boolean witnessed;

  /**
   * @param partial whether a part of a log is all that there is
   */
  LogBegin(boolean partial) {
    this.partial = partial;
  }

  /** The first record follows this one, which is not here. */
  void after(ChainLink link) {
    before = link;
    saying =
        (",\"action\":\""
                + AuditRecord.Management.ARCHIVE
                + "\",\"target\":{\"kind\":\""
                + AuditRecord.Target.RECORDS
                + "\",\"value\":\""
                + AuditRecord.Target.through(link).value()
                + "\"},")
            .getBytes(StandardCharsets.US_ASCII);
  }

  ChainLink before() {
    return before;
  }

  /** A checkpoint that was kept elsewhere knows the record before. */
  void witnessed() {
    witnessed = true;
  }

  /** Hears a record, which may say what became of those before the first. */
  void hear(CanonicalLine record) {
    if (before.seq() > 0 && said == 0 && record.isKind('m') && record.contains(saying)) {
      said = record.seq();
    }
  }

  /**
   * Why it may; nothing if there is no reason.
   *
   * @param signed up to which record what is said counts
   */
  Optional<Begin> reason(long signed) {
    if (before.seq() == 0) {
      return Optional.of(Begin.WHOLE);
    }
    if (said > 0 && said <= signed) {
      return Optional.of(Begin.ARCHIVED);
    }
    if (witnessed) {
      return Optional.of(Begin.CHECKPOINTED);
    }
    return partial ? Optional.of(Begin.PARTIAL) : Optional.empty();
  }
}
