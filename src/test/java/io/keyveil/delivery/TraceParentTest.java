package io.keyveil.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

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

  @Test
  void standsInALineOfTheLogWhereThereIsOne() {
    Logger log = (Logger) LoggerFactory.getLogger("trace-of-a-test");
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    log.addAppender(lines);
    TraceParent.told(log.atError(), Optional.of("00-1-2-01")).log("with");
    TraceParent.told(log.atError(), Optional.empty()).log("without");
    log.detachAppender(lines);
    assertThat(lines.list.get(0).getKeyValuePairs()).hasToString("[trace=\"00-1-2-01\"]");
    assertThat(lines.list.get(1).getKeyValuePairs()).isNullOrEmpty();
  }
}
