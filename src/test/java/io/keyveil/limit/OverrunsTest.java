package io.keyveil.limit;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.keyveil.access.SteerableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** How often the log hears of what is over a limit. */
final class OverrunsTest {
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(Overruns.class);
  private final SteerableClock clock = new SteerableClock(Instant.parse("2026-11-21T08:00:00Z"));
  private final AtomicInteger counted = new AtomicInteger();
  private final Overruns overruns =
      new Overruns(
          Enforcement.REPORT, new SteadyTime(clock), (limit, mode) -> counted.incrementAndGet());

  @BeforeEach
  void listen() {
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void listenNoMore() {
    logger.detachAppender(log);
  }

  @Test
  void tellsOfManyInOneLineAMinute() {
    note(Limit.SUBJECT, 1_000);
    assertThat(counted).hasValue(1_000);
    assertThat(times()).containsExactly("1");
    clock.move(Duration.ofMinutes(1));
    note(Limit.SUBJECT, 5);
    assertThat(times()).containsExactly("1", "1000");
    clock.move(Duration.ofSeconds(59));
    note(Limit.SUBJECT, 5);
    assertThat(log.list).hasSize(2);
  }

  @Test
  void tellsOfEachLimit() {
    note(Limit.SUBJECT, 2);
    note(Limit.ADDRESS, 2);
    assertThat(log.list)
        .extracting(event -> event.getKeyValuePairs().get(0).value)
        .containsExactly("subject", "address");
  }

  private void note(Limit limit, int times) {
    for (int i = 0; i < times; i++) {
      overruns.note(limit);
    }
  }

  private List<String> times() {
    return log.list.stream()
        .map(event -> String.valueOf(event.getKeyValuePairs().get(2).value))
        .toList();
  }
}
