package io.keyveil.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.file.DeliveryPolicy;
import io.keyveil.file.FileRecord;
import io.keyveil.file.SampleFiles;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A read that breaks is gone on with from the next byte, and never joined to anything else. */
class ResumingSourceTest {
  private static final int SIZE = 100_000;
  private final Vertx vertx = Vertx.vertx();
  private final byte[] content = content();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<String> events = new CopyOnWriteArrayList<>();
  private final List<Behaviour> script = new ArrayList<>();
  private final List<Interest> wishes = new CopyOnWriteArrayList<>();
  private int held;

  /** What the n-th question to the source comes to. */
  private interface Behaviour {
    Future<ObjectRead> answer(ByteSpan span);
  }

  @AfterEach
  void close() {
    vertx.close().await();
  }

  @Test
  void givesAWholeReadUnchanged() {
    script.add(gives(SIZE, true));
    assertThat(read()).isEqualTo("whole " + SIZE);
    assertThat(asked).containsExactly("all");
  }

  @Test
  void goesOnFromTheNextByteAfterABreak() {
    script.add(gives(30_000, false));
    script.add(gives(1, false));
    script.add(gives(SIZE, true));
    assertThat(read()).isEqualTo("whole " + SIZE);
    assertThat(asked).containsExactly("all", "bytes=30000-99999", "bytes=30001-99999");
    assertThat(events).containsExactly("resumed broken", "resumed broken");
  }

  @Test
  void takesAnEarlyEndForABreak() {
    script.add(gives(30_000, true));
    script.add(gives(SIZE, true));
    assertThat(read()).isEqualTo("whole " + SIZE);
  }

  @Test
  void goesOnAfterASilence() {
    script.add(span -> Future.succeededFuture(new Piece(span, 10, null)));
    script.add(gives(SIZE, true));
    assertThat(read()).isEqualTo("whole " + SIZE);
    assertThat(events).containsExactly("resumed silent");
  }

  @Test
  void givesAFreshReadTheWholeTimeBeforeItCountsAsSilent() {
    script.add(gives(SIZE, true));
    FakeRead fresh = new FakeRead(SIZE);
    FileRecord file = SampleFiles.delivered(DeliveryPolicy.AUTO, false, SIZE);
    ResumingRead read = new ResumingRead(source(), file, new ByteSpan(0, SIZE - 1), fresh, 0);
    collect(read, Promise.promise());
    read.look();
    assertThat(fresh.cancels()).isZero();
    read.look();
    assertThat(fresh.cancels()).isEqualTo(1);
  }

  @Test
  void givesUpWhenTheObjectIsAnother() {
    script.add(gives(30_000, false));
    script.add(fails(SourceFailure.CHANGED));
    assertThat(read()).isEqualTo("changed 30000");
    assertThat(events).containsExactly("resumed broken", "gave up changed");
  }

  @Test
  void waitsInTheMiddleForABucketThatIsLeftAlone() {
    script.add(gives(30_000, false));
    script.add(
        span ->
            Future.failedFuture(
                new SourceException(SourceFailure.RESTING, "told to", Duration.ofMillis(5))));
    script.add(gives(SIZE, true));
    assertThat(read()).isEqualTo("whole " + SIZE);
    assertThat(events).containsExactly("resumed broken", "resumed resting");
  }

  @Test
  void givesUpAfterSoManyAttempts() {
    for (int i = 0; i < 20; i++) {
      script.add(gives(10, false));
    }
    assertThat(read()).isEqualTo("broken 50");
    assertThat(asked).hasSize(5);
  }

  @Test
  void countsAnewAfterAReadThatLasted() {
    Queue<FakeRead> legs = new ConcurrentLinkedQueue<>();
    script.add(
        span -> {
          FakeRead leg = new FakeRead(span.length());
          legs.add(leg);
          return Future.succeededFuture(leg);
        });
    FakeRead first = new FakeRead(SIZE);
    legs.add(first);
    FileRecord file = SampleFiles.delivered(DeliveryPolicy.AUTO, false, SIZE);
    ResumingRead read = new ResumingRead(source(), file, new ByteSpan(0, SIZE - 1), first, 0);
    Promise<String> end = Promise.promise();
    collect(read, end);
    for (int leg = 0; leg < 30; leg++) {
      FakeRead now = next(legs);
      now.give(Arrays.copyOfRange(content, leg * 10, leg * 10 + 10));
      read.look();
      read.resume();
      read.look();
      now.fail();
    }
    assertThat(end.future().isComplete()).isFalse();
    for (int more = 0; more < 4; more++) {
      next(legs).fail();
    }
    assertThat(end.future().await()).isEqualTo("broken 300");
  }

  @Test
  void asksForTheRestOnlyWhenBytesAreWanted() {
    script.add(gives(SIZE, true));
    FakeRead first = new FakeRead(SIZE);
    FileRecord file = SampleFiles.delivered(DeliveryPolicy.AUTO, false, SIZE);
    ResumingRead read = new ResumingRead(source(), file, new ByteSpan(0, SIZE - 1), first, 0);
    Promise<String> end = Promise.promise();
    collect(read, end);
    first.give(Arrays.copyOf(content, 10));
    read.pause();
    first.fail();
    for (int look = 0; look < 10; look++) {
      read.look();
    }
    assertThat(first.cancels()).isEqualTo(1);
    assertThat(events).isEmpty();
    assertThat(asked).isEmpty();
    read.resume();
    assertThat(end.future().await()).isEqualTo("whole " + SIZE);
    assertThat(asked).containsExactly("bytes=10-99999");
  }

  @Test
  void spendsNoAttemptWhileNobodyWantsBytes() {
    FakeRead first = new FakeRead(SIZE);
    FileRecord file = SampleFiles.delivered(DeliveryPolicy.AUTO, false, SIZE);
    ResumingSource hopeless = source(0, Duration.ofMillis(1));
    ResumingRead read = new ResumingRead(hopeless, file, new ByteSpan(0, SIZE - 1), first, 0);
    Promise<String> end = Promise.promise();
    collect(read, end);
    read.pause();
    first.fail();
    assertThat(end.future().isComplete()).isFalse();
    read.resume();
    assertThat(end.future().await()).isEqualTo("broken 0");
  }

  @Test
  void goesOnWithAllThatLastedThoughTheyEndAtOnce() {
    script.add(gives(SIZE, true));
    List<Future<String>> ends = new ArrayList<>();
    onLoop(
        () -> {
          ResumingSource source = source();
          List<ResumingRead> reads = new ArrayList<>();
          List<FakeRead> legs = new ArrayList<>();
          for (int i = 0; i < 40; i++) {
            FakeRead leg = new FakeRead(SIZE);
            ResumingRead read = new ResumingRead(source, file(), new ByteSpan(0, SIZE - 1), leg, 0);
            Promise<String> end = Promise.promise();
            collect(read, end);
            legs.add(leg);
            reads.add(read);
            ends.add(end.future());
            for (int byteNumber = 0; byteNumber < 4; byteNumber++) {
              leg.give(Arrays.copyOfRange(content, byteNumber, byteNumber + 1));
              read.look();
            }
          }
          for (int i = 0; i < 20; i++) {
            reads.get(i).pause();
            legs.get(i).fail();
          }
          reads.subList(0, 20).forEach(ResumingRead::resume);
          reads.subList(20, 40).forEach(ResumingRead::look);
        });
    ends.forEach(end -> assertThat(end.await()).isEqualTo("whole " + SIZE));
    assertThat(events)
        .contains("resumed broken", "resumed silent")
        .doesNotContain("gave up broken");
  }

  @Test
  void doesNotTakeTheWaitForAnAnswerForAReadThatLasted() {
    Queue<Promise<ObjectRead>> questions = new ConcurrentLinkedQueue<>();
    script.add(
        span -> {
          Promise<ObjectRead> answer = Promise.promise();
          questions.add(answer);
          return answer.future();
        });
    FakeRead first = new FakeRead(SIZE);
    ResumingRead read = new ResumingRead(source(), file(), new ByteSpan(0, SIZE - 1), first, 0);
    Promise<String> end = Promise.promise();
    onLoop(
        () -> {
          collect(read, end);
          first.give(Arrays.copyOf(content, 10));
          first.fail();
        });
    for (int attempt = 0; attempt < 4; attempt++) {
      await(() -> !questions.isEmpty());
      onLoop(
          () -> {
            for (int look = 0; look < 10; look++) {
              read.look();
            }
            questions.remove().fail(new SourceException(SourceFailure.SILENT, "told to"));
          });
    }
    await(() -> end.future().isComplete() || !questions.isEmpty());
    assertThat(questions).isEmpty();
    assertThat(end.future().await()).isEqualTo("silent 10");
    assertThat(asked).hasSize(4);
  }

  @Test
  void asksForNothingOnceItsReceiverHasLeft() {
    FakeRead first = new FakeRead(SIZE);
    FileRecord file = SampleFiles.delivered(DeliveryPolicy.AUTO, false, SIZE);
    ResumingRead read = new ResumingRead(source(), file, new ByteSpan(0, SIZE - 1), first, 0);
    collect(read, Promise.promise());
    read.pause();
    first.fail();
    read.cancel();
    read.resume();
    assertThat(events).isEmpty();
    assertThat(first.cancels()).isEqualTo(2);
  }

  private FakeRead next(Queue<FakeRead> legs) {
    await(() -> !legs.isEmpty() && !legs.element().paused());
    return legs.remove();
  }

  @Test
  void countsTheAttemptsOfOneDownloadTogether() {
    script.add(fails(SourceFailure.BUSY));
    script.add(fails(SourceFailure.BUSY));
    for (int i = 0; i < 20; i++) {
      script.add(gives(10, false));
    }
    assertThat(read()).isEqualTo("broken 30");
    assertThat(asked).hasSize(5);
  }

  @Test
  void asksAgainBeforeTheFirstByteWhereS3IsBusy() {
    script.add(fails(SourceFailure.BUSY));
    script.add(fails(SourceFailure.BROKEN));
    script.add(gives(SIZE, true));
    assertThat(read()).isEqualTo("whole " + SIZE);
    assertThat(events).containsExactly("retried busy", "retried broken");
  }

  @Test
  void doesNotAskAgainForWhatWillNotChange() {
    for (SourceFailure failure :
        List.of(
            SourceFailure.GONE,
            SourceFailure.CHANGED,
            SourceFailure.REFUSED,
            SourceFailure.FULL,
            SourceFailure.RESTING,
            SourceFailure.SILENT)) {
      asked.clear();
      script.clear();
      script.add(fails(failure));
      assertThat(read()).isEqualTo("not opened " + failure.word());
      assertThat(asked).hasSize(1);
    }
  }

  @Test
  void stopsWaitingToAskAgainWhenNobodyWantsItAnyMore() {
    script.add(fails(SourceFailure.BUSY));
    Interest interest = new Interest();
    Promise<Throwable> end = Promise.promise();
    onLoop(
        () -> {
          var unused =
              source(Duration.ofSeconds(10))
                  .open(file(), Optional.empty(), interest)
                  .onFailure(end::complete);
          assertThat(end.future().isComplete()).isFalse();
          interest.lose();
        });
    assertThat(end.future().await()).isInstanceOf(InterestLostException.class);
    assertThat(asked).hasSize(1);
  }

  @Test
  void stopsAskingForTheRestWhenItIsCancelled() {
    script.add(gives(30_000, false));
    script.add(span -> Promise.<ObjectRead>promise().future());
    Promise<ObjectRead> begun = Promise.promise();
    onLoop(
        () -> {
          var unused =
              source()
                  .open(file(), Optional.empty(), new Interest())
                  .onSuccess(
                      read -> {
                        collect(read, Promise.promise());
                        begun.complete(read);
                      });
        });
    ObjectRead read = begun.future().await();
    await(() -> asked.size() == 2);
    assertThat(wishes.get(1).lost()).isFalse();
    onLoop(read::cancel);
    assertThat(wishes.get(1).lost()).isTrue();
  }

  /** Returns when it has run. */
  private void onLoop(Runnable step) {
    Promise<Void> done = Promise.promise();
    vertx
        .getOrCreateContext()
        .runOnContext(
            now -> {
              try {
                step.run();
                done.complete();
              } catch (AssertionError e) {
                done.fail(e);
              }
            });
    done.future().await();
  }

  private void await(BooleanSupplier holds) {
    Promise<Void> held = Promise.promise();
    long timer = vertx.setPeriodic(1, now -> look(holds, held));
    try {
      held.future().await(30, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("never happened", e);
    }
    assertThat(vertx.cancelTimer(timer)).isTrue();
  }

  private static void look(BooleanSupplier holds, Promise<Void> held) {
    if (holds.getAsBoolean()) {
      held.tryComplete();
    }
  }

  private static FileRecord file() {
    return SampleFiles.delivered(DeliveryPolicy.AUTO, false, SIZE);
  }

  @Test
  void givesEveryByteOnceWhateverBreaksWhere() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 40; round++) {
      script.clear();
      for (int i = 0; i < 4; i++) {
        script.add(gives(random.nextInt(30_000), random.nextBoolean()));
      }
      script.add(gives(SIZE, true));
      assertThat(read()).as("seed %d round %d", seed, round).isEqualTo("whole " + SIZE);
    }
    assertThat(held).as("chunks that never came back").isZero();
  }

  /** Reads the sample file: how it ended and how many right bytes came. */
  private String read() {
    Promise<String> end = Promise.promise();
    Context loop = vertx.getOrCreateContext();
    FileRecord file = SampleFiles.delivered(DeliveryPolicy.AUTO, false, SIZE);
    loop.runOnContext(
        now ->
            source()
                .open(file, Optional.empty(), new Interest())
                .onFailure(
                    failure ->
                        end.complete("not opened " + ((SourceException) failure).failure().word()))
                .onSuccess(read -> collect(read, end)));
    return end.future().await();
  }

  private ResumingSource source() {
    return source(Duration.ofMillis(1));
  }

  private ResumingSource source(Duration backoff) {
    return source(4, backoff);
  }

  private ResumingSource source(int attempts, Duration backoff) {
    return new ResumingSource(
        vertx,
        (file, span, interest) -> {
          wishes.add(interest);
          asked.add(span.map(ByteSpan::toString).orElse("all"));
          return script
              .get(Math.min(asked.size(), script.size()) - 1)
              .answer(span.orElse(new ByteSpan(0, SIZE - 1)));
        },
        new ResumeSettings(attempts, backoff, Duration.ofSeconds(1)),
        new SourceEvents() {
          @Override
          public void retried(SourceFailure failure) {
            events.add("retried " + failure.word());
          }

          @Override
          public void resumed(SourceFailure failure) {
            events.add("resumed " + failure.word());
          }

          @Override
          public void gaveUp(SourceFailure failure) {
            events.add("gave up " + failure.word());
          }
        },
        new Random(1));
  }

  private void collect(ObjectRead read, Promise<String> end) {
    Buffer all = Buffer.buffer();
    read.start(
        new ObjectRead.Receiver() {
          @Override
          public void bytes(Chunk chunk) {
            var unused = chunk.writeTo(new BufferSink(all));
          }

          @Override
          public void ended() {
            assertThat(all.getBytes()).isEqualTo(content);
            end.complete("whole " + all.length());
          }

          @Override
          public void broken(SourceFailure failure) {
            assertThat(all.getBytes()).isEqualTo(Arrays.copyOf(content, all.length()));
            end.complete(failure.word() + " " + all.length());
          }
        });
  }

  private Behaviour gives(int count, boolean ends) {
    return span -> Future.succeededFuture(new Piece(span, count, ends));
  }

  private static Behaviour fails(SourceFailure failure) {
    return span -> Future.failedFuture(new SourceException(failure, "told to"));
  }

  private static byte[] content() {
    byte[] bytes = new byte[SIZE];
    new Random(3).nextBytes(bytes);
    return bytes;
  }

  /** A read of a part that gives so many bytes and then ends, breaks or falls silent. */
  private final class Piece implements ObjectRead {
    private final ByteSpan span;
    private final int count;
    private final @Nullable Boolean ends;

    Piece(ByteSpan span, int count, @Nullable Boolean ends) {
      this.span = span;
      this.count = (int) Math.min(count, span.length());
      this.ends = ends;
    }

    @Override
    public long length() {
      return span.length();
    }

    @Override
    public void start(Receiver receiver) {
      int from = (int) span.first();
      for (int at = 0; at < count; at += 7_000) {
        held++;
        Buffer bytes = Buffer.buffer(content).slice(from + at, from + Math.min(at + 7_000, count));
        receiver.bytes(
            new Chunk(bytes, new CountedMemory(ByteBuffer.wrap(bytes.getBytes()), () -> held--)));
      }
      if (ends != null && ends) {
        receiver.ended();
      } else if (ends != null) {
        receiver.broken(SourceFailure.BROKEN);
      }
    }

    @Override
    public void pause() {}

    @Override
    public void resume() {}

    @Override
    public void cancel() {}
  }
}
