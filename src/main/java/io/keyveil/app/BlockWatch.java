package io.keyveil.app;

import io.keyveil.audit.AuditLog;
import io.keyveil.audit.AuditRecord.Management;
import io.keyveil.audit.AuditRecord.Target;
import io.keyveil.audit.EventId;
import io.keyveil.block.Block;
import io.keyveil.block.BlockId;
import io.keyveil.block.BlockList;
import io.keyveil.http.RunningTransfers;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the lists of blocks as they come into force here: downloads that run against one are cut,
 * and the audit log of this instance says since when it knew, whoever threw the switch.
 */
final class BlockWatch implements Consumer<BlockList> {
  private static final Logger LOG = LoggerFactory.getLogger(BlockWatch.class);

  private final RunningTransfers transfers;
  private final AuditLog audit;
  private final SecureRandom random;
  private final InstantSource clock;
  private Map<BlockId, Block> known = Map.of();

  BlockWatch(RunningTransfers transfers, AuditLog audit, SecureRandom random, InstantSource clock) {
    this.transfers = transfers;
    this.audit = audit;
    this.random = random;
    this.clock = clock;
  }

  @Override
  public synchronized void accept(BlockList list) {
    transfers.cutBlocked(list, clock.instant());
    Map<BlockId, Block> now = new HashMap<>();
    list.all().forEach(block -> now.put(block.id(), block));
    now.values().stream()
        .filter(block -> !known.containsKey(block.id()))
        .forEach(block -> note("block", block));
    known.values().stream()
        .filter(block -> !now.containsKey(block.id()))
        .forEach(block -> note("unblock", block));
    known = now;
  }

  private void note(String action, Block block) {
    Target target =
        new Target(
            Optional.of(block.id().text()),
            block.target().kind().word(),
            block.target().value(),
            block.target().issuer());
    Management record =
        Management.of(
            EventId.random(random), clock.instant(), action, Optional.of(target), "in-force");
    var unused =
        audit
            .append(record)
            .onFailure(
                failure ->
                    LOG.atError()
                        .addKeyValue("block", block.id())
                        .addKeyValue("reason", failure.getMessage())
                        .log("block in force, but not recorded"));
  }
}
