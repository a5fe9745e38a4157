package io.keyveil.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the audit log's settings accept. */
final class AuditSettingsTest {
  @Test
  void waitsForTheDiskByDefault() {
    assertThat(AuditSettings.DEFAULTS.durability()).isEqualTo(Durability.FSYNC);
    assertThat(AuditSettings.DEFAULTS.folder()).isEqualTo(Path.of("data/audit"));
  }

  @Test
  void refusesAQueueWithoutRoomAndANameThatIsNoFileName() {
    assertThatThrownBy(() -> settings(0, "i")).hasMessage("queueLimit: 0 (expected: 1 to 1000000)");
    assertThatThrownBy(() -> settings(1, "../i"))
        .hasMessageStartingWith("instance: ../i (expected");
  }

  private static AuditSettings settings(int queueLimit, String instance) {
    return new AuditSettings(Path.of("a"), Durability.WRITE, queueLimit, Optional.of(instance));
  }
}
