package io.keyveil.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The dates of HTTP fields. */
final class HttpDatesTest {
  private static final Instant TIME = Instant.parse("1994-11-06T08:49:37Z");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
      })
  void readsAllThreeForms(String field) {
    assertThat(HttpDates.parse(field)).contains(TIME);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "soon", "0", "1994-11-06T08:49:37Z", "Sun, 06 Foo 1994 08:49:37 GMT"})
  void takesWhateverElseForNoDate(String field) {
    assertThat(HttpDates.parse(field)).isEmpty();
  }

  @Test
  void doesNotLookAtLongFields() {
    assertThat(HttpDates.parse("Sun, 06 Nov 1994 08:49:37 GMT" + " ".repeat(64))).isEmpty();
  }

  @Test
  void writesOneForm() {
    assertThat(HttpDates.format(TIME)).isEqualTo("Sun, 06 Nov 1994 08:49:37 GMT");
    assertThat(HttpDates.format(TIME.plusMillis(999))).isEqualTo(HttpDates.format(TIME));
  }

  @Test
  void readsWhatItWrites() {
    for (long second = 0; second < 4_000_000_000L; second += 12_345_678) {
      Instant time = Instant.ofEpochSecond(second);
      assertThat(HttpDates.parse(HttpDates.format(time))).contains(time);
    }
  }
}
