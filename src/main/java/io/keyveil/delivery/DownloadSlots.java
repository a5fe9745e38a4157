package io.keyveil.delivery;

import io.keyveil.limit.Party;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * How many downloads may stream at once, in all and for each subject. Shared by all event loops,
 * without a lock; a subject is remembered only while it holds a slot.
 */
public final class DownloadSlots {
  private final ConcurrentMap<Holder, Integer> held = new ConcurrentHashMap<>();
  private final AtomicInteger running = new AtomicInteger();
  private final int most;
  private final int mostOfSubject;

  /**
   * @param most how many may stream at once
   * @param mostOfSubject how many of them may be one subject's; 0 for no limit of its own
   */
  public DownloadSlots(int most, int mostOfSubject) {
    this.most = most;
    this.mostOfSubject = mostOfSubject == 0 ? Integer.MAX_VALUE : mostOfSubject;
  }

  /** Takes a slot for whom it is granted, if there is one; who has too many hears of that. */
  <R> R take(Grant grant, Function<Slot, R> taken, Function<Refusal, R> refused) {
    Party party = grant.party();
    return take(new Holder(party.realm(), party.name()), taken, refused);
  }

  <R> R take(Holder holder, Function<Slot, R> taken, Function<Refusal, R> refused) {
    if (!addFor(holder)) {
      return refused.apply(Refusal.TOO_MANY);
    }
    if (!add()) {
      removeFor(holder);
      return refused.apply(Refusal.FULL);
    }
    return taken.apply(new Slot(holder));
  }

  /** How many are taken. */
  public int running() {
    return running.get();
  }

  /** How many subjects hold one. */
  int subjects() {
    return held.size();
  }

  private boolean add() {
    int now = running.get();
    while (now < most) {
      if (running.compareAndSet(now, now + 1)) {
        return true;
      }
      now = running.get();
    }
    return false;
  }

  private boolean addFor(Holder holder) {
    while (true) {
      Integer now = held.putIfAbsent(holder, 1);
      if (now == null) {
        return true;
      }
      if (now >= mostOfSubject) {
        return false;
      }
      if (held.replace(holder, now, now + 1)) {
        return true;
      }
    }
  }

  private void removeFor(Holder holder) {
    while (true) {
      int now = held.getOrDefault(holder, 0);
      if (now == 1 ? held.remove(holder, 1) : held.replace(holder, now, now - 1)) {
        return;
      }
    }
  }

  /** Whom slots are counted for. */
  record Holder(String issuer, String name) {}

  /** The right to stream one download. */
  public final class Slot {
    private final AtomicBoolean back = new AtomicBoolean();
    private final Holder holder;

    private Slot(Holder holder) {
      this.holder = holder;
    }

    /** Gives the slot back; only the first call counts. */
    public void giveBack() {
      if (back.compareAndSet(false, true)) {
        running.decrementAndGet();
        removeFor(holder);
      }
    }
  }
}
