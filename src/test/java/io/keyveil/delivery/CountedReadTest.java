package io.keyveil.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Nobody has the last byte of a download that was not counted. */
final class CountedReadTest {
  private final FakeRead source = new FakeRead(30);
  private final Counter counter = new Counter();
  private final CountedRead read = new CountedRead(source, counter);
  private final Taker taker = new Taker();

  /** Counts when the test says so. */
  private static final class Counter implements CountedRead.Count {
    private final List<Long> counts = new ArrayList<>();
    private final Promise<Void> kept = Promise.promise();
    private int overs;

    @Override
    public Future<Void> given(long bytes) {
      counts.add(bytes);
      return kept.future();
    }

    @Override
    public void over() {
      overs++;
    }
  }

  /** Keeps what it gets, and pauses at its next chunk if it is told to. */
  private final class Taker implements ObjectRead.Receiver {
    private final Buffer all = Buffer.buffer();
    private String ends = "";
    private boolean pauseAtNext;

    @Override
    public void bytes(Chunk chunk) {
      var unused = chunk.writeTo(new BufferSink(all));
      if (pauseAtNext) {
        pauseAtNext = false;
        read.pause();
      }
    }

    @Override
    public void ended() {
      ends += "ended ";
    }

    @Override
    public void broken(SourceFailure failure) {
      ends += failure.word() + " ";
    }
  }

  @Test
  void holdsTheLastChunkUntilItIsCounted() {
    read.start(taker);
    source.give(20);
    source.give(10);
    source.finish();
    assertThat(taker.all.length()).isEqualTo(20);
    assertThat(counter.counts).containsExactly(30L);
    counter.kept.complete();
    assertThat(taker.all.length()).isEqualTo(30);
    assertThat(taker.ends).isEqualTo("ended ");
    assertThat(counter.overs).isEqualTo(1);
    assertThat(source.held()).isZero();
  }

  @Test
  void breaksWhatCannotBeCounted() {
    read.start(taker);
    source.give(30);
    source.finish();
    counter.kept.fail("the store is down");
    assertThat(taker.all.length()).isZero();
    assertThat(taker.ends).isEqualTo("broken ");
    assertThat(source.cancels()).isEqualTo(1);
    assertThat(counter.overs).isEqualTo(1);
    assertThat(source.held()).isZero();
  }

  @Test
  void countsWhatWasGivenOfAReadThatIsLeft() {
    read.start(taker);
    source.give(12);
    read.cancel();
    read.cancel();
    assertThat(counter.counts).containsExactly(12L);
    assertThat(counter.overs).isEqualTo(1);
    assertThat(source.cancels()).isEqualTo(2);
  }

  @Test
  void countsNothingOfAReadThatNeverBegan() {
    read.cancel();
    assertThat(counter.counts).isEmpty();
    assertThat(counter.overs).isEqualTo(1);
  }

  @Test
  void dropsTheLastChunkOfAClientThatLeavesMeanwhile() {
    read.start(taker);
    source.give(30);
    read.cancel();
    counter.kept.complete();
    assertThat(taker.all.length()).isZero();
    assertThat(taker.ends).isEmpty();
    assertThat(counter.overs).isEqualTo(1);
    assertThat(source.held()).isZero();
  }

  @Test
  void passesABreakOnWithWhatWasGiven() {
    read.start(taker);
    source.give(12);
    source.fail();
    assertThat(taker.ends).isEqualTo("broken ");
    assertThat(counter.counts).containsExactly(12L);
    assertThat(counter.overs).isEqualTo(1);
  }

  @Test
  void goesOnForATakerThatPausedBeforeTheLastChunk() {
    read.start(taker);
    taker.pauseAtNext = true;
    source.give(20);
    assertThat(source.paused()).isTrue();
    source.give(10);
    source.finish();
    assertThat(counter.counts).isEmpty();
    read.resume();
    counter.kept.complete();
    assertThat(taker.all.length()).isEqualTo(30);
    assertThat(taker.ends).isEqualTo("ended ");
  }

  @Test
  void goesOnForATakerThatPausedWhileItWasCounted() {
    read.start(taker);
    source.give(30);
    read.pause();
    counter.kept.complete();
    source.finish();
    assertThat(taker.all.length()).isZero();
    read.resume();
    assertThat(taker.all.length()).isEqualTo(30);
    assertThat(taker.ends).isEqualTo("ended ");
  }

  /** A chunk that was just being given may come after the pause. */
  @Test
  void goesOnWhenTheLastChunkCameInSpiteOfAPause() {
    FakeRead eager = new FakeRead(10);
    Counter own = new Counter();
    CountedRead one = new CountedRead(eager, own);
    one.start(taker);
    one.pause();
    one.bytes(
        new Chunk(
            Buffer.buffer(new byte[10]), new CountedMemory(ByteBuffer.allocate(10), () -> {})));
    own.kept.complete();
    eager.finish();
    one.resume();
    assertThat(taker.all.length()).isEqualTo(10);
    assertThat(taker.ends).isEqualTo("ended ");
  }

  @Test
  void countsAFileWithoutBytes() {
    FakeRead empty = new FakeRead(0);
    CountedRead none = new CountedRead(empty, counter);
    none.start(taker);
    empty.finish();
    assertThat(counter.counts).containsExactly(0L);
    assertThat(taker.ends).isEmpty();
    counter.kept.complete();
    assertThat(taker.ends).isEqualTo("ended ");
    assertThat(counter.overs).isEqualTo(1);
  }
}
