package io.keyveil.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.delivery.DownloadSlots.Holder;
import io.keyveil.delivery.DownloadSlots.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Slots are never more than allowed, and none is lost. */
final class DownloadSlotsTest {
  private static final Holder ALICE = new Holder("i", "alice");
  private static final Holder BOB = new Holder("i", "bob");

  @Test
  void refusesTheSubjectThatHasAllItMayHave() {
    DownloadSlots slots = new DownloadSlots(10, 2);
    Slot first = taken(slots, ALICE);
    occupy(slots, ALICE);
    assertThat(refused(slots, ALICE)).contains(Refusal.TOO_MANY);
    occupy(slots, BOB);
    occupy(slots, new Holder("j", "alice"));
    first.giveBack();
    occupy(slots, ALICE);
  }

  @Test
  void refusesEverybodyWhenAllAreTaken() {
    DownloadSlots slots = new DownloadSlots(2, 2);
    Slot first = taken(slots, ALICE);
    occupy(slots, BOB);
    assertThat(refused(slots, new Holder("i", "carol"))).contains(Refusal.FULL);
    assertThat(slots.subjects()).isEqualTo(2);
    first.giveBack();
    occupy(slots, new Holder("i", "carol"));
  }

  @Test
  void takesZeroForNoLimitOfASubject() {
    DownloadSlots slots = new DownloadSlots(100, 0);
    for (int i = 0; i < 100; i++) {
      occupy(slots, ALICE);
    }
    assertThat(refused(slots, ALICE)).contains(Refusal.FULL);
  }

  @Test
  void countsASlotThatIsGivenBackTwiceOnce() {
    DownloadSlots slots = new DownloadSlots(3, 3);
    Slot first = taken(slots, ALICE);
    occupy(slots, ALICE);
    first.giveBack();
    first.giveBack();
    assertThat(slots.running()).isEqualTo(1);
    assertThat(slots.subjects()).isEqualTo(1);
  }

  @Test
  void keepsItsCountUnderManyThreads() throws Exception {
    long seed = Long.getLong("keyveil.seed", new Random().nextLong());
    System.out.println("DownloadSlotsTest: seed " + seed + " (repeat with -Dkeyveil.seed)");
    DownloadSlots slots = new DownloadSlots(20, 6);
    AtomicInteger all = new AtomicInteger();
    List<AtomicInteger> each =
        List.of(new AtomicInteger(), new AtomicInteger(), new AtomicInteger());
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Void>> work = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Random random = new Random(seed + i);
        work.add(() -> takeAndGiveBack(slots, random, all, each));
      }
      for (Future<Void> done : threads.invokeAll(work)) {
        done.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(slots.running()).as("seed %d", seed).isZero();
    assertThat(slots.subjects()).as("seed %d", seed).isZero();
    for (int i = 0; i < 6; i++) {
      occupy(slots, ALICE);
    }
  }

  /**
   * Our own counts are taken after a slot and given up before it, so they never exceed the truth.
   */
  private static Void takeAndGiveBack(
      DownloadSlots slots, Random random, AtomicInteger all, List<AtomicInteger> each) {
    List<Slot> mine = new ArrayList<>();
    List<Integer> whose = new ArrayList<>();
    for (int step = 0; step < 20_000; step++) {
      if (random.nextBoolean() && !mine.isEmpty()) {
        int which = random.nextInt(mine.size());
        all.decrementAndGet();
        each.get(whose.remove(which)).decrementAndGet();
        mine.remove(which).giveBack();
      } else {
        int subject = random.nextInt(each.size());
        Optional<Slot> slot =
            slots.take(
                new Holder("i", "s" + subject), Optional::of, refusal -> Optional.<Slot>empty());
        if (slot.isPresent()) {
          assertThat(all.incrementAndGet()).isLessThanOrEqualTo(20);
          assertThat(each.get(subject).incrementAndGet()).isLessThanOrEqualTo(6);
          mine.add(slot.get());
          whose.add(subject);
        }
      }
    }
    for (int i = 0; i < mine.size(); i++) {
      all.decrementAndGet();
      each.get(whose.get(i)).decrementAndGet();
      mine.get(i).giveBack();
    }
    return null;
  }

  private static void occupy(DownloadSlots slots, Holder holder) {
    assertThat(taken(slots, holder)).isNotNull();
  }

  private static Slot taken(DownloadSlots slots, Holder holder) {
    return slots.take(
        holder,
        slot -> slot,
        refusal -> {
          throw new AssertionError(refusal.word());
        });
  }

  private static Optional<Refusal> refused(DownloadSlots slots, Holder holder) {
    return slots.take(holder, slot -> Optional.empty(), Optional::of);
  }
}
