package io.keyveil.audit;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What waits to be written: any thread adds, one writer takes. The writer is woken for what
 * somebody waits for; what nobody waits for goes along with that, or by itself a little later.
 */
final class PendingRecords {
  private static final Logger LOG = LoggerFactory.getLogger(PendingRecords.class);

  /** How long a record that nobody waits for stays here at most, in nanoseconds. */
  private static final long LINGER = TimeUnit.MILLISECONDS.toNanos(5);

  /**
   * How long those who come first wait for others, in nanoseconds. Requests that were answered
   * together come back together, so as many as last time are likely to be near; without a pause the
   * first of them would have the disk for itself, and all others would wait for it twice.
   */
  private static final long GATHERING = TimeUnit.MICROSECONDS.toNanos(200);

  private final int most;
  private List<Entry> waiting = new ArrayList<>();
  private int goal;
  private boolean urgent;
  private boolean asleep;
  private boolean closed;

  /**
   * @param most how many entries may wait
   */
  PendingRecords(int most) {
    this.most = most;
  }

  /**
   * Adds an entry.
   *
   * @param awaited whether somebody waits for it, so that it has to be written now
   * @throws AuditUnavailableException if it is full or closed
   */
  synchronized void add(Entry entry, boolean awaited) {
    if (closed) {
      throw new AuditUnavailableException("the audit log is closed");
    }
    if (waiting.size() >= most) {
      throw new AuditUnavailableException("the audit queue is full");
    }
    waiting.add(entry);
    urgent |= awaited;
    if (asleep || (awaited && waiting.size() >= goal)) {
      notifyAll();
    }
  }

  /** Takes no more; what waits is still there to be taken. */
  synchronized void close() {
    closed = true;
    notifyAll();
  }

  /** Waits for entries and takes them, in their order; none once all were taken after the end. */
  synchronized List<Entry> take(int limit) throws InterruptedException {
    asleep = true;
    while (waiting.isEmpty() && !closed) {
      wait();
    }
    asleep = false;
    pause(LINGER, () -> urgent);
    pause(GATHERING, () -> waiting.size() >= goal);
    goal = Math.min(waiting.size(), limit) * 3 / 4;
    if (waiting.size() <= limit) {
      return takeAll();
    }
    List<Entry> first = waiting.subList(0, limit);
    List<Entry> taken = List.copyOf(first);
    first.clear();
    return taken;
  }

  /** Takes no more, and takes what waits. */
  synchronized List<Entry> end() {
    closed = true;
    return takeAll();
  }

  /** Lets so many nanoseconds pass, unless there is enough before. */
  private void pause(long longest, BooleanSupplier enough) throws InterruptedException {
    long end = System.nanoTime() + longest;
    long left = longest;
    while (!enough.getAsBoolean() && !closed && left > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = end - System.nanoTime();
    }
  }

  private List<Entry> takeAll() {
    List<Entry> taken = waiting;
    waiting = new ArrayList<>();
    urgent = false;
    return taken;
  }

  /** Records to be written together, or none for a mere question whether they could be. */
  static final class Entry {
    private final List<AuditRecord> records;
    private final Promise<Void> promise = Promise.promise();
    private final Context caller;
    private final Thread thread = Thread.currentThread();

    /**
     * @param caller where the caller goes on
     */
    Entry(List<AuditRecord> records, Context caller) {
      this.records = records;
      this.caller = caller;
    }

    List<AuditRecord> records() {
      return records;
    }

    /** Done when the records are written. */
    Future<Void> written() {
      return promise.future();
    }
  }

  /** Tells all who wait for these entries, each where it was called; one wake-up for a thread. */
  static void finish(List<Entry> entries, Future<Void> result) {
    List<Entry> rest = entries;
    while (!rest.isEmpty()) {
      Entry first = rest.get(0);
      List<Entry> together = new ArrayList<>(rest.size());
      List<Entry> others = null;
      for (Entry entry : rest) {
        if (entry.thread == first.thread) {
          together.add(entry);
        } else {
          others = with(others, entry);
        }
      }
      tell(first.caller, together, result);
      rest = others == null ? List.of() : others;
    }
  }

  private static List<Entry> with(@Nullable List<Entry> entries, Entry entry) {
    List<Entry> list = entries == null ? new ArrayList<>() : entries;
    list.add(entry);
    return list;
  }

  private static void tell(Context caller, List<Entry> entries, Future<Void> result) {
    try {
      caller.runOnContext(now -> tell(entries, result));
    } catch (RejectedExecutionException e) {
      // Vert.x is gone already, and whoever waits on the way out still wants an answer.
      tell(entries, result);
    }
  }

  /** One caller's fault is not the next one's. */
  private static void tell(List<Entry> entries, Future<Void> result) {
    for (Entry entry : entries) {
      try {
        entry.promise.handle(result);
      } catch (RuntimeException e) {
        LOG.atError().setCause(e).log("a caller of the audit log failed");
      }
    }
  }
}
