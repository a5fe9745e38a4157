package io.keyveil.audit;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be written: any thread adds, one writer takes. The writer is woken for what
 * somebody waits for; what nobody waits for goes along with that, or by itself a little later.
 */
final class PendingRecords {
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
  private boolean stalled;

  /** Since when the first of what waits has waited, and what was taken last, by nanoTime. */
  private long waitingSince;

  private long takenSince;
  private boolean underway;

  /**
   * @param most how many entries may wait
   */
  PendingRecords(int most) {
    this.most = most;
  }

  /**
   * Adds an entry.
   *
   * @throws AuditUnavailableException if it is full or closed
   */
  synchronized void add(Entry entry) {
    boolean awaited = entry.awaited();
    if (closed) {
      throw new AuditUnavailableException("the audit log is closed");
    }
    if (waiting.size() >= most) {
      throw new AuditUnavailableException("the audit queue is full");
    }
    if (awaited && stalled) {
      throw new AuditUnavailableException("the disk does not answer");
    }
    if (waiting.isEmpty()) {
      waitingSince = System.nanoTime();
    }
    waiting.add(entry);
    urgent |= awaited;
    if (asleep || (awaited && waiting.size() >= goal)) {
      notifyAll();
    }
  }

  /**
   * Gives up what somebody waits for, since what was taken does not come back, and takes no more of
   * it until {@link #goOn}.
   */
  synchronized List<Entry> stall() {
    stalled = true;
    List<Entry> given = waiting.stream().filter(Entry::awaited).toList();
    waiting.removeIf(Entry::awaited);
    urgent = false;
    return given;
  }

  /** What was taken has come back. */
  synchronized void goOn() {
    stalled = false;
    underway = false;
  }

  /** How many entries wait. */
  synchronized int size() {
    return waiting.size();
  }

  /** For how long the oldest entry that is not on disk has waited. */
  synchronized Duration lag() {
    if (underway) {
      return Duration.ofNanos(System.nanoTime() - takenSince);
    }
    return waiting.isEmpty() ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - waitingSince);
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
    takenSince = waitingSince;
    underway = !waiting.isEmpty();
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
    private final boolean awaited;
    private final boolean checkpoint;
    private final AtomicBoolean answered = new AtomicBoolean();
    private final Promise<Void> promise = Promise.promise();
    private final Context caller;
    private final Thread thread = Thread.currentThread();

    /**
     * @param awaited whether somebody waits for it, so that it has to be written now
     * @param caller where the caller goes on
     */
    Entry(List<AuditRecord> records, boolean awaited, Context caller) {
      this(records, awaited, false, caller);
    }

    private Entry(List<AuditRecord> records, boolean awaited, boolean checkpoint, Context caller) {
      this.records = records;
      this.awaited = awaited;
      this.checkpoint = checkpoint;
      this.caller = caller;
    }

    /** The wish for a checkpoint. */
    static Entry checkpoint(Context caller) {
      return new Entry(List.of(), true, true, caller);
    }

    boolean awaited() {
      return awaited;
    }

    boolean isCheckpoint() {
      return checkpoint;
    }

    /** Claims the right to tell what became of it; false if that was told before. */
    boolean claim() {
      return answered.compareAndSet(false, true);
    }

    List<AuditRecord> records() {
      return records;
    }

    /** Done when the records are written. */
    Future<Void> written() {
      return promise.future();
    }
  }

  /**
   * Tells all who wait for these entries, which are claimed, each where it was called; one wake-up
   * for a thread.
   */
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
      caller.runOnContext(now -> entries.forEach(entry -> entry.promise.handle(result)));
    } catch (RejectedExecutionException e) {
      // Vert.x is gone already, and whoever waits on the way out still wants an answer.
      entries.forEach(entry -> entry.promise.handle(result));
    }
  }
}
