package io.keyveil.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What was given is known to the byte. */
final class CoverageTest {
  @Test
  void joinsWhatTouchesAndOverlaps() {
    assertThat(Coverage.NONE.with(0, 9).with(20, 29).with(10, 19)).hasToString("Coverage[0-29]");
    assertThat(Coverage.NONE.with(5, 9).with(0, 6).with(8, 12).text()).isEqualTo("0-12");
    assertThat(Coverage.NONE.with(5, 9).with(11, 12).text()).isEqualTo("5-9,11-12");
    assertThat(Coverage.NONE.with(7, 6)).isEqualTo(Coverage.NONE);
  }

  @Test
  void isWholeWithTheLastByteAlone() {
    Coverage most = Coverage.NONE.with(0, 98);
    assertThat(most.isWhole(100)).isFalse();
    assertThat(most.with(99, 99).isWhole(100)).isTrue();
    assertThat(Coverage.NONE.with(1, 99).isWhole(100)).isFalse();
    assertThat(Coverage.NONE.isWhole(0)).isTrue();
    assertThat(Coverage.NONE.isWhole(1)).isFalse();
  }

  @Test
  void readsWhatItWrote() {
    Coverage coverage = Coverage.NONE.with(3, 5).with(9, 9).with(100, 1L << 40);
    assertThat(Coverage.parse(coverage.text())).isEqualTo(coverage).hasSameHashCodeAs(coverage);
    assertThat(Coverage.parse("")).isEqualTo(Coverage.NONE);
  }

  @Test
  void agreesWithAMapOfBytes() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      BitSet bytes = new BitSet();
      Coverage coverage = Coverage.NONE;
      for (int i = 0; i < 30; i++) {
        int first = random.nextInt(200);
        int last = first + random.nextInt(20);
        bytes.set(first, last + 1);
        coverage = coverage.with(first, last);
        int size = 1 + random.nextInt(220);
        assertThat(coverage.isWhole(size))
            .as("seed %d", seed)
            .isEqualTo(bytes.nextClearBit(0) >= size);
      }
    }
  }

  @Test
  void staysSmallAndErrsOnTheSideOfCounting() {
    Coverage coverage = Coverage.NONE;
    for (int i = 0; i < 1000; i++) {
      coverage = coverage.with(i * 10L, i * 10L + 8);
    }
    assertThat(coverage.text().split(",", -1)).hasSizeLessThanOrEqualTo(64);
    assertThat(coverage.isWhole(10_000)).isFalse();
  }
}
