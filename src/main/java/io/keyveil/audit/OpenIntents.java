package io.keyveil.audit;

import io.keyveil.audit.AuditRecord.Completion;
import io.keyveil.audit.AuditRecord.Intent;
import io.keyveil.audit.AuditRecord.Management;
import io.keyveil.audit.AuditRecord.Reconciled;
import io.keyveil.audit.AuditRecord.Refusals;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The intents that have no end yet. There are as many as downloads run, so there is a limit; past
 * it those that find no room are remembered by the number of the first, from which on the log has
 * then to be read again after a crash.
 */
final class OpenIntents implements AuditRecord.Cases<Boolean> {
  private static final int MOST = 1_000_000;

  private final Map<String, Long> numbers = new LinkedHashMap<>();
  private long unremembered = Long.MAX_VALUE;
  private long seq;

  /** Whether a decision has an end of its own: bytes are on their way, or a URL. */
  static boolean expectsEnd(Intent intent) {
    return intent.decision() == AuditRecord.Decision.ALLOWED
        && intent.delivery() != AuditRecord.Way.NONE;
  }

  void note(AuditRecord record, long number) {
    seq = number;
    var unused = record.match(this);
  }

  /** The number of the oldest. */
  OptionalLong oldest() {
    long first = numbers.isEmpty() ? Long.MAX_VALUE : numbers.values().iterator().next();
    long oldest = Math.min(first, unremembered);
    return oldest == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(oldest);
  }

  @Override
  public Boolean intent(Intent intent) {
    if (!expectsEnd(intent)) {
      return false;
    }
    if (numbers.size() == MOST) {
      unremembered = Math.min(unremembered, seq);
      return false;
    }
    return numbers.put(intent.event().text(), seq) == null;
  }

  @Override
  public Boolean completion(Completion completion) {
    return numbers.remove(completion.event().text()) != null;
  }

  @Override
  public Boolean management(Management act) {
    return false;
  }

  @Override
  public Boolean refusals(Refusals refusals) {
    return false;
  }

  @Override
  public Boolean reconciled(Reconciled reconciled) {
    return false;
  }
}
