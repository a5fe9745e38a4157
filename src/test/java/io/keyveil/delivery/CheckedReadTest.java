package io.keyveil.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.file.Checksum.Algorithm;
import io.keyveil.file.SampleFiles;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The last byte of an object is given only when all of its bytes are right. */
final class CheckedReadTest {
  private static final int ROUNDS = 400;
  private static final List<Algorithm> ALGORITHMS = List.of(Algorithm.values());

  private final long seed = Long.getLong("keyveil.seed", new Random().nextLong());
  private final Random random = new Random(seed);

  @Test
  void givesEveryByteOnceHoweverTheyCome() {
    for (int round = 0; round < ROUNDS; round++) {
      byte[] content = content(random.nextInt(5_000));
      Taker taker = taker(content, content);
      taker.moody = random.nextBoolean();
      taker.start();
      taker.deliver(content);
      assertThat(taker.ends).as("seed %d round %d", seed, round).isEqualTo("ended ");
      assertThat(taker.all.getBytes()).isEqualTo(content);
      assertThat(taker.source.held()).isZero();
    }
  }

  @Test
  void keepsTheLastChunkOfWhatIsNotRight() {
    for (int round = 0; round < ROUNDS; round++) {
      byte[] content = content(1 + random.nextInt(5_000));
      int wrong =
          switch (random.nextInt(3)) {
            case 0 -> 0;
            case 1 -> content.length - 1;
            default -> random.nextInt(content.length);
          };
      byte[] changed = content.clone();
      changed[wrong] ^= (byte) (1 << random.nextInt(8));
      Taker taker = taker(changed, content);
      taker.moody = random.nextBoolean();
      taker.start();
      taker.deliver(changed);
      assertThat(taker.ends).as("seed %d round %d", seed, round).isEqualTo("corrupt ");
      assertThat(taker.all.length()).isLessThan(content.length);
      assertThat(taker.all.getBytes()).isEqualTo(Arrays.copyOf(changed, taker.all.length()));
      assertThat(taker.source.held()).isZero();
    }
  }

  @Test
  void dropsWhatItHoldsWhenItIsCancelled() {
    for (int round = 0; round < ROUNDS; round++) {
      byte[] content = content(1 + random.nextInt(5_000));
      Taker taker = taker(content, content);
      taker.moody = random.nextBoolean();
      taker.cancelAt = random.nextInt(content.length + 1);
      taker.start();
      taker.deliver(content);
      taker.read.cancel();
      assertThat(taker.source.cancels()).as("seed %d round %d", seed, round).isPositive();
      assertThat(taker.ends).isIn("", "ended ");
      assertThat(taker.source.held()).isZero();
    }
  }

  @Test
  void checksAnObjectWithoutBytes() {
    Taker right = taker(new byte[0], new byte[0]);
    right.start();
    right.source.finish();
    assertThat(right.ends).isEqualTo("ended ");
    Taker wrong = taker(new byte[0], new byte[] {0});
    wrong.start();
    wrong.source.finish();
    assertThat(wrong.ends).isEqualTo("corrupt ");
  }

  @Test
  void keepsTheLastByteThoughNothingComesBehindIt() {
    byte[] content = content(10);
    Taker taker = taker(content, new byte[] {1});
    taker.start();
    taker.source.give(content);
    taker.source.give(0);
    assertThat(taker.all.length()).isZero();
    taker.source.finish();
    assertThat(taker.ends).isEqualTo("corrupt ");
    assertThat(taker.all.length()).isZero();
    assertThat(taker.source.held()).isZero();
  }

  @Test
  void holdsNothingButTheLastChunk() {
    Taker taker = taker(content(40), content(40));
    taker.start();
    for (int given = 1; given <= 4; given++) {
      taker.source.give(10);
      assertThat(taker.source.held()).isEqualTo(given < 4 ? 0 : 1);
      assertThat(taker.all.length()).isEqualTo(10 * Math.min(given, 3));
    }
  }

  @Test
  void neverGivesTheWholeWhereMoreComes() {
    byte[] content = content(10);
    Taker taker = taker(content, content);
    taker.start();
    taker.source.give(content);
    taker.source.give(1);
    taker.source.finish();
    assertThat(taker.ends).isEqualTo("broken ");
    assertThat(taker.all.length()).isZero();
    assertThat(taker.source.cancels()).isPositive();
    assertThat(taker.source.held()).isZero();
  }

  @Test
  void isBrokenWhereTooLittleComes() {
    byte[] content = content(10);
    Taker taker = taker(content, Arrays.copyOf(content, 9));
    taker.start();
    taker.source.give(Arrays.copyOf(content, 9));
    taker.source.finish();
    assertThat(taker.ends).isEqualTo("broken ");
    assertThat(taker.source.held()).isZero();
  }

  @Test
  void passesABreakOn() {
    byte[] content = content(20);
    Taker taker = taker(content, content);
    taker.start();
    taker.source.give(Arrays.copyOf(content, 10));
    taker.source.give(Arrays.copyOfRange(content, 10, 20));
    taker.source.fail();
    taker.source.finish();
    assertThat(taker.ends).isEqualTo("broken ");
    assertThat(taker.all.length()).isEqualTo(10);
    assertThat(taker.source.held()).isZero();
  }

  @Test
  void waitsWithTheEndForATakerThatPausedAtTheLastChunk() {
    byte[] content = content(10);
    Taker taker = taker(content, content);
    taker.start();
    taker.pauseAtNext = true;
    taker.source.give(content);
    taker.source.finish();
    assertThat(taker.all.length()).isEqualTo(10);
    assertThat(taker.ends).isEmpty();
    taker.resume();
    assertThat(taker.ends).isEqualTo("ended ");
  }

  @Test
  void pausesTheReadWithItsTaker() {
    Taker taker = taker(content(30), content(30));
    taker.start();
    taker.pauseAtNext = true;
    taker.source.give(10);
    taker.source.give(10);
    assertThat(taker.source.paused()).isTrue();
    taker.resume();
    assertThat(taker.source.paused()).isFalse();
  }

  private byte[] content(int size) {
    byte[] content = new byte[size];
    random.nextBytes(content);
    return content;
  }

  /** A read of so many bytes that is checked against what is right. */
  private Taker taker(byte[] given, byte[] right) {
    Algorithm algorithm = ALGORITHMS.get(random.nextInt(ALGORITHMS.size()));
    FakeRead source = new FakeRead(given.length);
    return new Taker(
        source, new CheckedRead(source, SampleFiles.checksum(algorithm, right)), random);
  }

  /** Takes the bytes, and pauses, goes on or leaves from within where it is told to. */
  private static final class Taker implements ObjectRead.Receiver {
    private final Buffer all = Buffer.buffer();
    private final FakeRead source;
    private final ObjectRead read;
    private final Random random;
    private String ends = "";
    private boolean moody;
    private boolean pauseAtNext;
    private boolean paused;
    private long cancelAt = Long.MAX_VALUE;
    private boolean cancelled;

    Taker(FakeRead source, ObjectRead read, Random random) {
      this.source = source;
      this.read = read;
      this.random = random;
    }

    void start() {
      read.start(this);
    }

    void resume() {
      paused = false;
      read.resume();
    }

    /** In random pieces, some of them empty, with pauses from outside as well. */
    void deliver(byte[] bytes) {
      int at = 0;
      while (at < bytes.length) {
        int next = Math.min(bytes.length, at + random.nextInt(1_000));
        source.give(Arrays.copyOfRange(bytes, at, next));
        at = next;
        if (paused && random.nextBoolean()) {
          resume();
        }
      }
      source.finish();
      while (paused && !cancelled) {
        resume();
      }
    }

    @Override
    public void bytes(Chunk chunk) {
      assertThat(ends).isEmpty();
      assertThat(paused).isFalse();
      assertThat(cancelled).isFalse();
      var unused = chunk.writeTo(new BufferSink(all));
      if (all.length() > cancelAt) {
        cancelled = true;
        read.cancel();
      } else if (pauseAtNext || (moody && random.nextInt(3) == 0)) {
        pauseAtNext = false;
        paused = true;
        read.pause();
        if (moody && random.nextInt(4) == 0) {
          resume();
        }
      }
    }

    @Override
    public void ended() {
      assertThat(paused).isFalse();
      ends += "ended ";
    }

    @Override
    public void broken(SourceFailure failure) {
      ends += failure.word() + " ";
    }
  }
}
