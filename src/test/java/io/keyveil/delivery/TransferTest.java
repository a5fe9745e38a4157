package io.keyveil.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.audit.AuditRecord.Ending;
import io.keyveil.file.Await;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Bytes on their way from a read to a client, on a real event loop. */
final class TransferTest {
  private static final Duration LONG = Duration.ofHours(1);
  private static final Vertx VERTX = Vertx.vertx();
  private static final Context LOOP = VERTX.getOrCreateContext();

  private final FakeRead read = new FakeRead(100);
  private final FakeClient client = new FakeClient();

  @AfterAll
  static void stop() {
    Await.get(VERTX.close());
  }

  @Test
  void completesWithExactlyThePromisedBytes() {
    TransferEnd end =
        run(
            transfer -> {
              read.give(60);
              read.give(40);
              read.finish();
            });
    assertThat(end).isEqualTo(new TransferEnd(Ending.COMPLETE, 100));
    assertThat(client.received()).isEqualTo(100);
    assertThat(read.cancels()).isZero();
  }

  @Test
  void completesWithoutAnyBytesWhereNoneArePromised() {
    assertThat(run(new FakeRead(0), LONG, (empty, transfer) -> empty.finish()))
        .isEqualTo(new TransferEnd(Ending.COMPLETE, 0));
  }

  @Test
  void endsTheAnswerWithTheLastBytes() {
    var unused =
        run(
            transfer -> {
              read.give(60);
              read.give(40);
              assertThat(client.received()).isEqualTo(60);
              assertThat(client.ends()).isZero();
              read.finish();
            });
    assertThat(client.received()).isEqualTo(100);
    assertThat(client.ends()).isEqualTo(1);
  }

  @Test
  void endsTheAnswerOfAnEmptyFile() {
    var unused = run(new FakeRead(0), LONG, (empty, transfer) -> empty.finish());
    assertThat(client.ends()).isEqualTo(1);
  }

  @Test
  void leavesAnAnswerThatIsNotWholeToTheCaller() {
    var unused =
        run(
            transfer -> {
              read.give(100);
              read.fail();
            });
    assertThat(client.ends()).isZero();
    assertThat(client.received()).isZero();
    assertThat(read.held()).isZero();
  }

  @Test
  void saysWhenTheClientHasTakenTheLastBytes() {
    client.stopReadingAbove(1000);
    var unused =
        run(
            transfer -> {
              read.give(100);
              read.finish();
              assertThat(transfer.taken().isComplete()).isFalse();
              client.readOn();
              assertThat(transfer.taken().succeeded()).isTrue();
            });
  }

  @Test
  void keepsTheLastBytesBehindAnEmptyChunk() {
    TransferEnd end =
        run(
            transfer -> {
              read.give(100);
              read.give(0);
              read.finish();
            });
    assertThat(end).isEqualTo(new TransferEnd(Ending.COMPLETE, 100));
    assertThat(client.received()).isEqualTo(100);
  }

  @Test
  void isNotCompleteWithTooFewBytes() {
    TransferEnd end =
        run(
            transfer -> {
              read.give(99);
              read.finish();
            });
    assertThat(end).isEqualTo(new TransferEnd(Ending.UPSTREAM_FAILED, 99));
    assertThat(read.cancels()).isEqualTo(1);
  }

  @Test
  void writesNoByteBeyondThePromise() {
    TransferEnd end =
        run(
            transfer -> {
              read.give(60);
              read.give(41);
              read.finish();
            });
    assertThat(end).isEqualTo(new TransferEnd(Ending.UPSTREAM_FAILED, 60));
    assertThat(client.received()).isEqualTo(60);
    assertThat(read.cancels()).isEqualTo(1);
  }

  @Test
  void isNotCompleteWhenAByteFollowsThePromisedOnes() {
    TransferEnd end =
        run(
            transfer -> {
              read.give(100);
              read.give(1);
              read.finish();
            });
    assertThat(end).isEqualTo(new TransferEnd(Ending.UPSTREAM_FAILED, 0));
    assertThat(client.received()).isZero();
  }

  @Test
  void endsWhenTheReadBreaks() {
    TransferEnd end =
        run(
            transfer -> {
              read.give(10);
              read.fail();
              read.give(10);
              read.finish();
            });
    assertThat(end).isEqualTo(new TransferEnd(Ending.UPSTREAM_FAILED, 10));
    assertThat(client.received()).isEqualTo(10);
    assertThat(read.cancels()).isEqualTo(1);
  }

  @Test
  void saysWhenTheReadWasCorrupt() {
    TransferEnd end =
        run(
            transfer -> {
              read.give(10);
              transfer.broken(SourceFailure.CORRUPT);
            });
    assertThat(end).isEqualTo(new TransferEnd(Ending.CORRUPT, 10));
    assertThat(read.cancels()).isEqualTo(1);
  }

  @Test
  void cancelsTheReadWhenItIsToldThatTheClientIsGone() {
    TransferEnd end =
        run(
            transfer -> {
              read.give(10);
              transfer.abort(Ending.ABORTED_BY_CLIENT);
              read.give(90);
              read.finish();
            });
    assertThat(end).isEqualTo(new TransferEnd(Ending.ABORTED_BY_CLIENT, 10));
    assertThat(client.received()).isEqualTo(10);
    assertThat(read.cancels()).isEqualTo(1);
  }

  @Test
  void pausesTheReadWhileTheClientDoesNotRead() {
    client.stopReadingAbove(20);
    TransferEnd end =
        run(
            transfer -> {
              read.give(20);
              assertThat(read.paused()).isTrue();
              read.give(20);
              assertThat(client.received()).isEqualTo(20);
              client.readOn();
              assertThat(client.received()).isEqualTo(40);
              assertThat(read.paused()).isTrue();
              client.stopReadingAbove(Long.MAX_VALUE);
              client.readOn();
              assertThat(read.paused()).isFalse();
              read.give(60);
              read.finish();
            });
    assertThat(end).isEqualTo(new TransferEnd(Ending.COMPLETE, 100));
  }

  @Test
  void doesNotReadOnAfterItsEnd() {
    client.stopReadingAbove(10);
    var unused =
        run(
            transfer -> {
              read.give(10);
              transfer.abort(Ending.CUT_BY_DRAIN);
              client.readOn();
            });
    assertThat(read.paused()).isTrue();
  }

  @Test
  void canBeCutFromOutside() {
    TransferEnd end =
        run(
            transfer -> {
              read.give(10);
              transfer.abort(Ending.CUT_BY_DRAIN);
              read.give(90);
              read.finish();
            });
    assertThat(end).isEqualTo(new TransferEnd(Ending.CUT_BY_DRAIN, 10));
    assertThat(client.received()).isEqualTo(10);
    assertThat(read.cancels()).isEqualTo(1);
  }

  @Test
  void endsOnce() {
    TransferEnd end =
        run(
            transfer -> {
              read.give(100);
              read.finish();
              transfer.abort(Ending.CUT_BY_DRAIN);
              read.fail();
            });
    assertThat(end).isEqualTo(new TransferEnd(Ending.COMPLETE, 100));
    assertThat(read.cancels()).isZero();
  }

  @Test
  void endsWhenTheClientStandsStill() {
    client.stopReadingAbove(10);
    assertThat(run(read, Duration.ofMillis(5), (silent, transfer) -> silent.give(10)))
        .isEqualTo(new TransferEnd(Ending.ABORTED_BY_CLIENT, 10));
    assertThat(read.cancels()).isEqualTo(1);
  }

  @Test
  void neverHandsOverMoreThanPromisedAndNeverCallsLessComplete() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 300; i++) {
      FakeClient reader = new FakeClient();
      reader.stopReadingAbove(1 + random.nextInt(100));
      int given = random.nextInt(200);
      TransferEnd end =
          run(
              new FakeRead(100),
              reader,
              LONG,
              (source, transfer) -> {
                int left = given;
                while (left > 0) {
                  int count = 1 + random.nextInt(left);
                  source.give(count);
                  left -= count;
                  reader.readOn();
                }
                reader.stopReadingAbove(Long.MAX_VALUE);
                source.finish();
                reader.readOn();
              });
      assertThat(reader.received())
          .as("seed %d", seed)
          .isEqualTo(end.bytes())
          .isLessThanOrEqualTo(100);
      assertThat(end.ending() == Ending.COMPLETE).as("seed %d", seed).isEqualTo(given == 100);
    }
  }

  private TransferEnd run(Consumer<Transfer> events) {
    return run(read, LONG, (source, transfer) -> events.accept(transfer));
  }

  private TransferEnd run(FakeRead source, Duration stall, Events events) {
    return run(source, client, stall, events);
  }

  /** Starts a transfer on the event loop and lets things happen to it there. */
  private static TransferEnd run(
      FakeRead source, FakeClient reader, Duration stall, Events events) {
    Promise<TransferEnd> end = Promise.promise();
    LOOP.runOnContext(
        now -> {
          try {
            Transfer transfer =
                new Transfer(new Lookout(VERTX, stall), source, reader, reader.most());
            Future<TransferEnd> ending = transfer.start();
            events.happen(source, transfer);
            ending.onComplete(end);
          } catch (AssertionError e) {
            end.fail(e);
          }
        });
    return Await.get(end.future());
  }

  /** What happens to a transfer once it runs. */
  private interface Events {
    void happen(FakeRead source, Transfer transfer);
  }
}
