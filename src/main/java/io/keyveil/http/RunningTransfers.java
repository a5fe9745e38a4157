package io.keyveil.http;

import io.keyveil.access.Subject;
import io.keyveil.audit.AuditRecord.Ending;
import io.keyveil.block.BlockList;
import io.keyveil.delivery.Transfer;
import io.keyveil.file.FileId;
import io.vertx.core.Context;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The transfers that run now on all event loops, so that they can be cut. */
public final class RunningTransfers {
  private final Map<Transfer, Running> running = new ConcurrentHashMap<>();

  void add(Transfer transfer, Context context, Subject subject, FileId file) {
    running.put(transfer, new Running(context, subject, file));
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
    running.forEach((transfer, its) -> cut(transfer, its, Ending.CUT_BY_DRAIN));
  }

  /** Ends those that would not be allowed any more. */
  public void cutBlocked(BlockList blocks, Instant now) {
    running.forEach(
        (transfer, its) -> {
          if (its.isBlocked(blocks, now)) {
            cut(transfer, its, Ending.CUT_BY_BLOCK);
          }
        });
  }

  private static void cut(Transfer transfer, Running its, Ending ending) {
    its.context.runOnContext(now -> transfer.abort(ending));
  }

  /** Where a transfer runs, for whom, and of what. */
  private record Running(Context context, Subject subject, FileId file) {
    boolean isBlocked(BlockList blocks, Instant now) {
      return blocks.blocksEverything(now)
          || blocks.blocks(subject, now)
          || blocks.blocks(file, now);
    }
  }
}
