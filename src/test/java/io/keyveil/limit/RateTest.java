package io.keyveil.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which rates there may be, and how long they take. */
final class RateTest {
  @ParameterizedTest
  @CsvSource({
    "-1, 1, perSecond: -1 (expected: 0 to 1000000000)",
    "1000000001, 1, perSecond: 1000000001 (expected: 0 to 1000000000)",
    "1, 0, burst: 0 (expected: 1 to 86400)",
    "1, 86401, burst: 86401 (expected: 1 to 86400)",
    "0, 1000000000001, burst: 1000000000001 (expected: 1 to 1000000000000)",
  })
  void refusesWhatCannotBe(long perSecond, long burst, String message) {
    assertThatThrownBy(() -> new Rate(perSecond, burst))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void takesTimeRoundedUp() {
    assertThat(new Rate(3, 7).window()).isEqualTo(Duration.ofSeconds(2, 333_333_334));
    assertThat(new Rate(1_000_000_000, 1_000_000_000_000L).window())
        .isEqualTo(Duration.ofSeconds(1_000));
    assertThat(new Rate(999_999_999, 999_999_998).window())
        .isEqualTo(Duration.ofNanos(999_999_999));
  }

  @Test
  void canFillTheFastestAndTheSlowestBucket() {
    var time = new SteadyTime(InstantSource.system());
    Party party = Party.address("192.0.2.1");
    assertThat(
            new Buckets(new Rate(1_000_000_000, 1_000_000_000_000L), true, 1_000, time).take(party))
        .isTrue();
    assertThat(new Buckets(new Rate(1, 86_400), false, 1_000, time).take(party)).isTrue();
  }
}
