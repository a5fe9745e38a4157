package io.keyveil.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What counts as a trace. */
final class TraceParentTest {
  private static final String GOOD = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  @Test
  void isPassedOnWithOurOwnRequestAsParent() {
    TraceParent parent = TraceParent.parse(List.of(GOOD)).orElseThrow();
    assertThat(parent.passedOn("0123456789abcdef01234567"))
        .isEqualTo("00-4bf92f3577b34da6a3ce929d0e0e4736-0123456789abcdef-01");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\n",
        " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7"
      })
  void isNothingInAnyOtherForm(String field) {
    assertThat(TraceParent.parse(List.of(field))).isEmpty();
  }

  @Test
  void isNothingTwice() {
    assertThat(TraceParent.parse(List.of(GOOD, GOOD))).isEmpty();
    assertThat(TraceParent.parse(List.of())).isEmpty();
  }
}
