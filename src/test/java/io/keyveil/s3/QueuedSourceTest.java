package io.keyveil.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.delivery.Chunk;
import io.keyveil.delivery.Interest;
import io.keyveil.delivery.InterestLostException;
import io.keyveil.delivery.ObjectRead;
import io.keyveil.delivery.SourceException;
import io.keyveil.delivery.SourceFailure;
import io.keyveil.file.DeliveryPolicy;
import io.keyveil.file.FileRecord;
import io.keyveil.file.SampleFiles;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Turns are taken in order, and none is lost on any way that a read can end. */
final class QueuedSourceTest {
  private static final Duration LONG = Duration.ofHours(1);
  private static final FileRecord FILE = SampleFiles.delivered(DeliveryPolicy.AUTO, false, 100);

  private final Vertx vertx = Vertx.vertx();
  private final Context loop = vertx.getOrCreateContext();
  private final List<Promise<ObjectRead>> asked = new ArrayList<>();
  private final List<Sample> reads = new ArrayList<>();

  @AfterEach
  void close() {
    vertx.close().await();
  }

  @Test
  void asksForAsManyAsThereAreTurns() {
    onLoop(
        () -> {
          QueuedSource source = source(2, 10, LONG);
          List<Future<ObjectRead>> opened = open(source, 3);
          assertThat(asked).hasSize(2);
          answer(0);
          assertThat(asked).hasSize(2);
          opened.get(0).result().cancel();
          assertThat(asked).hasSize(3);
          assertThat(opened.get(2).isComplete()).isFalse();
          answer(2);
          assertThat(opened.get(2).succeeded()).isTrue();
        });
  }

  @Test
  void refusesWhoFindsNoPlaceToWait() {
    onLoop(
        () -> {
          List<Future<ObjectRead>> opened = open(source(1, 1, LONG), 3);
          assertThat(opened.get(1).isComplete()).isFalse();
          assertThat(failure(opened.get(2))).isEqualTo(SourceFailure.FULL);
        });
  }

  @Test
  void lastsUntilTheReadHasEnded() {
    onLoop(
        () -> {
          QueuedSource source = source(1, 10, LONG);
          List<Future<ObjectRead>> opened = open(source, 3);
          answer(0);
          opened.get(0).result().start(new Ignoring());
          assertThat(asked).hasSize(1);
          reads.get(0).end(true);
          assertThat(asked).hasSize(2);
          opened.get(0).result().cancel();
          assertThat(asked).hasSize(2);
          answer(1);
          opened.get(1).result().start(new Ignoring());
          reads.get(1).end(false);
          assertThat(asked).hasSize(3);
        });
  }

  @Test
  void givesTheTurnOfAFailureOn() {
    onLoop(
        () -> {
          List<Future<ObjectRead>> opened = open(source(1, 10, LONG), 2);
          asked.get(0).fail(new SourceException(SourceFailure.BUSY, "told to"));
          assertThat(failure(opened.get(0))).isEqualTo(SourceFailure.BUSY);
          assertThat(asked).hasSize(2);
        });
  }

  @Test
  void forgetsWhoLeaves() {
    onLoop(
        () -> {
          QueuedSource source = source(1, 1, LONG);
          Future<ObjectRead> first = open(source, new Interest());
          Interest interest = new Interest();
          Future<ObjectRead> second = open(source, interest);
          interest.lose();
          assertThat(second.cause()).isInstanceOf(InterestLostException.class);
          Future<ObjectRead> third = open(source, new Interest());
          answer(0);
          first.result().cancel();
          assertThat(asked).hasSize(2);
          answer(1);
          assertThat(third.succeeded()).isTrue();
          assertThat(open(source, interest).cause()).isInstanceOf(InterestLostException.class);
        });
  }

  @Test
  void endsTheWait() {
    Promise<Throwable> end = Promise.promise();
    onLoop(
        () -> {
          QueuedSource source = source(1, 10, Duration.ofMillis(1));
          open(source, 2).get(1).onFailure(end::complete);
        });
    Throwable failure = end.future().await();
    assertThat(((SourceException) failure).failure()).isEqualTo(SourceFailure.FULL);
    assertThat(asked).hasSize(1);
  }

  @Test
  void doesNotPileUpCallsWhenAllThatWaitFailAtOnce() {
    onLoop(
        () -> {
          QueuedSource source =
              new QueuedSource(
                  vertx,
                  (file, span, interest) -> {
                    Promise<ObjectRead> answer = Promise.promise();
                    asked.add(answer);
                    return asked.size() == 1
                        ? answer.future()
                        : Future.failedFuture(new SourceException(SourceFailure.BUSY, "told to"));
                  },
                  1,
                  100_000,
                  LONG);
          List<Future<ObjectRead>> opened = open(source, 50_000);
          asked.get(0).fail(new SourceException(SourceFailure.BUSY, "told to"));
          assertThat(opened).allMatch(Future::failed);
        });
  }

  @Test
  void keepsItsTurnsWhateverHappens() {
    long seed = Long.getLong("keyveil.seed", new Random().nextLong());
    System.out.println("QueuedSourceTest: seed " + seed + " (repeat with -Dkeyveil.seed)");
    Random random = new Random(seed);
    onLoop(
        () -> {
          QueuedSource source = source(3, 5, LONG);
          List<Interest> interests = new ArrayList<>();
          List<Future<ObjectRead>> opened = new ArrayList<>();
          for (int step = 0; step < 5_000; step++) {
            switch (random.nextInt(5)) {
              case 0, 1 -> {
                Interest interest = new Interest();
                interests.add(interest);
                opened.add(open(source, interest));
              }
              case 2 -> any(random, interests).ifPresent(Interest::lose);
              case 3 -> any(random, asked).ifPresent(promise -> settle(random, promise));
              default ->
                  any(random, opened)
                      .filter(Future::succeeded)
                      .ifPresent(read -> read.result().cancel());
            }
            assertThat(running()).as("seed %d", seed).isLessThanOrEqualTo(3);
          }
          failAll();
          interests.forEach(Interest::lose);
          opened.stream().filter(Future::succeeded).forEach(read -> read.result().cancel());
          failAll();
          assertThat(opened).as("seed %d", seed).allMatch(Future::isComplete);
          int before = asked.size();
          assertThat(open(source, 4)).as("seed %d", seed).noneMatch(Future::isComplete);
          assertThat(asked).as("seed %d", seed).hasSize(before + 3);
        });
  }

  /** Those as well that are asked because another's turn is over. */
  private void failAll() {
    for (int i = 0; i < asked.size(); i++) {
      asked.get(i).tryFail("over");
    }
  }

  private void settle(Random random, Promise<ObjectRead> promise) {
    if (promise.future().isComplete()) {
      return;
    }
    if (random.nextBoolean()) {
      Sample read = new Sample();
      reads.add(read);
      promise.complete(read);
    } else {
      promise.fail(new SourceException(SourceFailure.BROKEN, "told to"));
    }
  }

  /** Questions without an answer, and reads that have not been cancelled. */
  private long running() {
    return asked.stream().filter(promise -> !promise.future().isComplete()).count()
        + reads.stream().filter(read -> !read.cancelled).count();
  }

  private static <T> Optional<T> any(Random random, List<T> list) {
    return list.isEmpty() ? Optional.empty() : Optional.of(list.get(random.nextInt(list.size())));
  }

  private QueuedSource source(int turns, int most, Duration longestWait) {
    return new QueuedSource(
        vertx,
        (file, span, interest) -> {
          Promise<ObjectRead> answer = Promise.promise();
          asked.add(answer);
          return answer.future();
        },
        turns,
        most,
        longestWait);
  }

  private static Future<ObjectRead> open(QueuedSource source, Interest interest) {
    return source.open(FILE, Optional.empty(), interest);
  }

  private static List<Future<ObjectRead>> open(QueuedSource source, int count) {
    List<Future<ObjectRead>> opened = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      opened.add(open(source, new Interest()));
    }
    return opened;
  }

  private void answer(int question) {
    Sample read = new Sample();
    reads.add(read);
    asked.get(question).complete(read);
  }

  private static SourceFailure failure(Future<ObjectRead> read) {
    return ((SourceException) read.cause()).failure();
  }

  /** Runs it on the event loop, and returns when it has run. */
  private void onLoop(Runnable step) {
    Promise<Void> done = Promise.promise();
    loop.runOnContext(
        now -> {
          try {
            step.run();
            done.complete();
          } catch (Throwable e) {
            done.fail(e);
          }
        });
    done.future().await();
  }

  /** A read that ends when a test says so. */
  private static final class Sample implements ObjectRead {
    private Receiver receiver = new Ignoring();
    private boolean cancelled;

    void end(boolean well) {
      if (well) {
        receiver.ended();
      } else {
        receiver.broken(SourceFailure.BROKEN);
      }
    }

    @Override
    public long length() {
      return 100;
    }

    @Override
    public void start(Receiver taker) {
      receiver = taker;
    }

    @Override
    public void pause() {}

    @Override
    public void resume() {}

    @Override
    public void cancel() {
      cancelled = true;
    }
  }

  private static final class Ignoring implements ObjectRead.Receiver {
    @Override
    public void bytes(Chunk chunk) {
      chunk.drop();
    }

    @Override
    public void ended() {}

    @Override
    public void broken(SourceFailure failure) {}
  }
}
