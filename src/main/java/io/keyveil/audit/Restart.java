package io.keyveil.audit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Writes down what is found missing at a start, before anything else is written. */
final class Restart {
  private final AuditFolder folder;
  private final ChainWriter chain;
  private final int batch;

  Restart(AuditFolder folder, ChainWriter chain, int batch) {
    this.folder = folder;
    this.chain = chain;
    this.batch = batch;
  }

  void record(Recovery recovery) throws IOException {
    recovery.missing(this::write);
    if (chain.isUncovered()) {
      ChainWriter.Draft draft = chain.draft();
      draft.checkpoint();
      write(draft);
    }
  }

  private void write(List<AuditRecord> records) {
    for (int i = 0; i < records.size(); i += batch) {
      ChainWriter.Draft draft = chain.draft();
      records.subList(i, Math.min(i + batch, records.size())).forEach(draft::add);
      write(draft);
    }
  }

  private void write(ChainWriter.Draft draft) {
    try {
      folder.ready();
      boolean full = folder.isFull(draft.size());
      folder.write(draft.lines());
      chain.take(draft);
      if (full) {
        folder.rotate();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
