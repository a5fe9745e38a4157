package io.keyveil.file;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What the cache's settings accept. */
final class FileCacheSettingsTest {
  @Test
  void keepsItsNumbersInTheirRanges() {
    assertThatThrownBy(() -> new FileCacheSettings(0, Duration.ofSeconds(60), Duration.ZERO))
        .hasMessage("maxEntries: 0 (expected: 1 to 10000000)");
    assertThatThrownBy(() -> new FileCacheSettings(1, Duration.ofMillis(1), Duration.ZERO))
        .hasMessage("maxAge: PT0.001S (expected: 1 s to 1 h)");
    assertThatThrownBy(() -> new FileCacheSettings(1, Duration.ofHours(2), Duration.ZERO))
        .hasMessage("maxAge: PT2H (expected: 1 s to 1 h)");
    assertThatThrownBy(
            () -> new FileCacheSettings(1, Duration.ofSeconds(60), Duration.ofMinutes(11)))
        .hasMessage("duringOutage: PT11M (expected: 0 to 10 min)");
  }
}
