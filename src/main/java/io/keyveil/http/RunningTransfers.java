package io.keyveil.http;

import io.keyveil.audit.AuditRecord.Ending;
import io.keyveil.block.BlockList;
import io.keyveil.delivery.Grant;
import io.keyveil.delivery.Transfer;
import io.keyveil.file.FileId;
import io.vertx.core.Context;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** The transfers that run now on all event loops, so that they can be cut. */
public final class RunningTransfers {
  private final Map<Transfer, Running> running = new ConcurrentHashMap<>();

  void add(Transfer transfer, Context context, Grant grant, FileId file) {
    running.put(transfer, new Running(context, grant, file));
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

  /** The links that something runs by. */
  public Set<String> links() {
    return running.values().stream()
        .flatMap(its -> its.grant.link().stream())
        .collect(Collectors.toSet());
  }

  /** Ends those that run by these links. */
  public void cutLinks(Set<String> links) {
    running.forEach(
        (transfer, its) -> {
          if (its.grant.link().filter(links::contains).isPresent()) {
            cut(transfer, its, Ending.CUT_BY_REVOCATION);
          }
        });
  }

  private static void cut(Transfer transfer, Running its, Ending ending) {
    its.context.runOnContext(now -> transfer.abort(ending));
  }

  /** Where a transfer runs, for whom, and of what. */
  private record Running(Context context, Grant grant, FileId file) {
    boolean isBlocked(BlockList blocks, Instant now) {
      return blocks.blocksEverything(now)
          || grant.isBlocked(blocks, now)
          || blocks.blocks(file, now);
    }
  }
}
