package io.keyveil.audit;

import static io.keyveil.audit.Await.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyveil.audit.PendingRecords.Entry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What many threads add and one takes. */
final class PendingRecordsTest {
  private static final Vertx VERTX = Vertx.vertx();
  private static final int MOST = 100;

  private final PendingRecords pending = new PendingRecords(MOST);

  @AfterAll
  static void stop() {
    get(VERTX.close());
  }

  private static Entry entry() {
    return entry(true);
  }

  private static Entry entry(boolean awaited) {
    return new Entry(List.of(), awaited, VERTX.getOrCreateContext());
  }

  @Test
  void givesWhatNobodyWaitsForByItself() throws InterruptedException {
    Entry unawaited = entry(false);
    pending.add(unawaited);
    assertThat(pending.take(MOST)).containsExactly(unawaited);
  }

  @Test
  void wakesASleepingWriterForWhatNobodyWaitsFor() throws Exception {
    FutureTask<List<Entry>> taken = new FutureTask<>(() -> pending.take(MOST));
    Thread writer = new Thread(taken);
    writer.start();
    while (writer.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    Entry unawaited = entry(false);
    pending.add(unawaited);
    assertThat(taken.get()).containsExactly(unawaited);
  }

  @Test
  void keepsTheOrderWhoeverWaits() throws InterruptedException {
    List<Entry> added = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      Entry entry = entry(i % 3 == 1);
      added.add(entry);
      pending.add(entry);
    }
    List<Entry> taken = new ArrayList<>(pending.take(4));
    assertThat(taken).hasSize(4);
    taken.addAll(pending.take(4));
    taken.addAll(pending.take(4));
    assertThat(taken).containsExactlyElementsOf(added);
  }

  @Test
  void refusesMoreThanMayWait() {
    IntStream.range(0, MOST).forEach(i -> pending.add(entry(i % 2 == 0)));
    assertThatThrownBy(() -> pending.add(entry()))
        .isInstanceOf(AuditUnavailableException.class)
        .hasMessage("the audit queue is full");
  }

  @Test
  void givesWhatIsLeftAfterTheEndAndThenNothing() throws InterruptedException {
    Entry last = entry(false);
    pending.add(last);
    pending.close();
    assertThatThrownBy(() -> pending.add(entry()))
        .isInstanceOf(AuditUnavailableException.class)
        .hasMessage("the audit log is closed");
    assertThat(pending.take(MOST)).containsExactly(last);
    assertThat(pending.take(MOST)).isEmpty();
  }

  @Test
  void tellsEveryoneOnTheThreadThatAsked() throws Exception {
    List<Entry> entries = new ArrayList<>();
    List<Future<Boolean>> there = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Context loop = Vertx.vertx().getOrCreateContext();
      for (int j = 0; j < 3; j++) {
        there.add(addOn(loop, entries));
      }
    }
    PendingRecords.finish(List.copyOf(entries), Future.succeededFuture());
    for (Future<Boolean> on : there) {
      assertThat(get(on)).isTrue();
    }
  }

  /** Makes an entry on an event loop, and tells whether its end is told on that loop as well. */
  private static Future<Boolean> addOn(Context loop, List<Entry> entries) {
    Promise<Void> made = Promise.promise();
    Promise<Boolean> told = Promise.promise();
    loop.runOnContext(
        now -> {
          Thread asking = Thread.currentThread();
          Entry entry = new Entry(List.of(), true, loop);
          entries.add(entry);
          var unused =
              entry.written().onSuccess(done -> told.complete(Thread.currentThread() == asking));
          made.complete();
        });
    get(made.future());
    return told.future();
  }
}
