package io.keyveil.audit;

import io.keyveil.audit.PendingRecords.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Sees when the writer does not come back from the disk. It counts ticks instead of reading a
 * clock, which may jump.
 */
final class WriterWatch {
  private final int patience;
  private List<Entry> under = List.of();
  private boolean busy;
  private int ticks;

  /**
   * @param patience at the how manieth tick of one batch it is given up
   */
  WriterWatch(int patience) {
    this.patience = patience;
  }

  synchronized void begin() {
    busy = true;
    ticks = 0;
  }

  /** What is on its way to the disk now. */
  synchronized void under(List<Entry> batch) {
    under = batch;
  }

  synchronized void end() {
    busy = false;
    under = List.of();
  }

  /** Those that nobody should wait for any longer, with what waits behind them. */
  synchronized List<Entry> tick(Supplier<List<Entry>> waiting) {
    if (!busy || ++ticks < patience) {
      return List.of();
    }
    List<Entry> all = new ArrayList<>(under.stream().filter(Entry::awaited).toList());
    all.addAll(waiting.get());
    return all;
  }
}
