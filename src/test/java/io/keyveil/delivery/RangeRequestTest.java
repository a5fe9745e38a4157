package io.keyveil.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which ranges are understood, and what they mean for a size. */
final class RangeRequestTest {
  @ParameterizedTest
  @CsvSource({
    "bytes=0-0, 10, 0, 0",
    "bytes=0-9, 10, 0, 9",
    "bytes=0-10, 10, 0, 9",
    "bytes=3-, 10, 3, 9",
    "bytes=-3, 10, 7, 9",
    "bytes=-30, 10, 0, 9",
    "BYTES=1-2, 10, 1, 2",
    "Bytes= 1-2, 10, 1, 2",
    "'  bytes=1-2  ', 10, 1, 2",
    "bytes=007-008, 10, 7, 8",
    "bytes=0-999999999999999999, 5, 0, 4",
    "bytes=5497558138879-, 5497558138880, 5497558138879, 5497558138879",
    "bytes=-999999999999999999, 9223372036854775807, 8223372036854775808, 9223372036854775806",
  })
  void readsOneRange(String field, long size, long first, long last) {
    assertThat(RangeRequest.parse(field).orElseThrow().within(size))
        .contains(new ByteSpan(first, last));
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=10-, 10",
    "bytes=10-20, 10",
    "bytes=0-, 0",
    "bytes=0-0, 0",
    "bytes=-0, 10",
    "bytes=-1, 0",
    "bytes=999999999999999999-, 5",
  })
  void cannotSatisfyARangePastTheEnd(String field, long size) {
    assertThat(RangeRequest.parse(field).orElseThrow().within(size)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=5",
        "bytes=5-4",
        "bytes=a-b",
        "bytes=0x1-2",
        "bytes=+1-2",
        "bytes=1--2",
        "bytes=--1",
        "bytes=1 -2",
        "bytes=1- 2",
        "bytes =1-2",
        "bytes:1-2",
        "bytes=1-2,",
        "bytes=,1-2",
        "bytes=0-1,3-4",
        "bytes=0-0,0-0",
        "items=0-1",
        "bytes=1-2;q=1",
        "bytes=\u0661-\u0662",
        "bytes=0-1000000000000000000",
        "bytes=99999999999999999999-",
        "bytes=-99999999999999999999",
      })
  void takesWhateverElseForNoRangeAtAll(String field) {
    assertThat(RangeRequest.parse(field)).isEmpty();
  }

  @Test
  void agreesWithANaiveModel() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      int size = random.nextInt(12);
      String first = random.nextInt(4) == 0 ? "" : Integer.toString(random.nextInt(15));
      String last = random.nextInt(4) == 0 ? "" : Integer.toString(random.nextInt(15));
      assertThat(answer("bytes=" + first + "-" + last, size))
          .as("seed %d: bytes=%s-%s of %d", seed, first, last, size)
          .isEqualTo(naive(first, last, size));
    }
  }

  private static String answer(String field, long size) {
    return RangeRequest.parse(field)
        .map(range -> range.within(size).map(ByteSpan::toString).orElse("unsatisfiable"))
        .orElse("none");
  }

  /** Marks the wanted bytes one by one. */
  private static String naive(String first, String last, int size) {
    if (first.isEmpty() && last.isEmpty()) {
      return "none";
    }
    if (!first.isEmpty() && !last.isEmpty() && Integer.parseInt(last) < Integer.parseInt(first)) {
      return "none";
    }
    Optional<Integer> lowest = Optional.empty();
    int highest = -1;
    for (int at = 0; at < size; at++) {
      boolean wanted =
          first.isEmpty()
              ? size - at <= Integer.parseInt(last)
              : at >= Integer.parseInt(first) && (last.isEmpty() || at <= Integer.parseInt(last));
      if (wanted) {
        lowest = lowest.isEmpty() ? Optional.of(at) : lowest;
        highest = at;
      }
    }
    return lowest.isEmpty() ? "unsatisfiable" : "bytes=" + lowest.get() + "-" + highest;
  }
}
