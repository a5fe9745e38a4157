package io.keyveil.http;

import io.keyveil.audit.AuditRecord.Ending;
import io.keyveil.delivery.Transfer;
import io.vertx.core.Context;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The transfers that run now on all event loops, so that they can be cut. */
public final class RunningTransfers {
  private final Map<Transfer, Context> running = new ConcurrentHashMap<>();

  void add(Transfer transfer, Context context) {
    running.put(transfer, context);
  }

  void remove(Transfer transfer) {
    running.remove(transfer);
  }

  /** How many run. */
  public int count() {
    return running.size();
  }

  /** Ends all of them, each on its own event loop. */
  public void cut() {
    running.forEach(
        (transfer, context) -> context.runOnContext(now -> transfer.abort(Ending.CUT_BY_DRAIN)));
  }
}
