package io.keyveil.audit;

import io.keyveil.audit.ChainWriter.Draft;
import io.keyveil.audit.PendingRecords.Entry;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Writes batches to the folder, with what was kept from batches that failed, and ends files. One
 * thread uses it.
 */
final class BatchWriter {
  private final AuditFolder folder;
  private final ChainWriter chain;
  private final CheckpointCopy copy;
  private final KeptRecords kept;
  private final InstantSource clock;
  private volatile Consumer<String> published = note -> {};

  /**
   * @param most how many records to keep of what could not be written
   */
  BatchWriter(AuditFolder folder, ChainWriter chain, int most, InstantSource clock) {
    this.folder = folder;
    this.chain = chain;
    this.copy = new CheckpointCopy(folder);
    this.kept = new KeptRecords(most);
    this.clock = clock;
  }

  /** Tells somebody of each new checkpoint. */
  void onCheckpoint(Consumer<String> reader) {
    published = reader;
  }

  /** Whether there is anything that no checkpoint speaks of. */
  boolean isUncovered() {
    return chain.isUncovered() || !kept.all().isEmpty();
  }

  /** Writes a batch, and tells whether there was anything in it to write. */
  boolean write(List<Entry> batch) throws IOException {
    folder.ready();
    boolean wished = batch.stream().anyMatch(Entry::isCheckpoint);
    Draft draft = draft(batch, wished);
    boolean written = draft.size() > 0;
    boolean full = written && folder.isFull(draft.size());
    if (written) {
      write(draft);
    }
    if (wished || full) {
      copy.write();
    } else {
      copy.writeIfDue();
    }
    if (full) {
      folder.rotate();
    }
    return written;
  }

  private Draft draft(List<Entry> batch, boolean wished) {
    Draft draft = chain.draft();
    kept.all().forEach(draft::add);
    batch.forEach(entry -> entry.records().forEach(draft::add));
    if (wished || (folder.isFull(draft.size()) && draft.isUncovered())) {
      draft.checkpoint();
    }
    return draft;
  }

  private void write(Draft draft) throws IOException {
    folder.write(draft.lines());
    chain.take(draft);
    kept.clear();
    draft.note().ifPresent(copy::take);
    draft.note().ifPresent(published);
  }

  /** A second is over: tells whether a batch, and be it an empty one, has something to do. */
  boolean tick() {
    return copy.tick();
  }

  /** Writes what has waited for a second to be over. */
  void finish() {
    copy.write();
  }

  /** Those of a batch that is on disk that still wait to hear of it. */
  List<Entry> claimed(List<Entry> batch) {
    List<Entry> told = new ArrayList<>(batch.size());
    for (Entry entry : batch) {
      if (entry.claim()) {
        told.add(entry);
      } else {
        // It has come to disk after all, when the answer had been that it cannot.
        entry.records().forEach(record -> kept.notStarted(record, clock.instant()));
      }
    }
    return told;
  }

  /** Gives up the file after a failure, and keeps what has happened all the same. */
  void giveUp(List<Entry> batch) {
    folder.giveUp();
    batch.stream().filter(entry -> !entry.awaited()).forEach(entry -> kept.add(entry.records()));
  }
}
