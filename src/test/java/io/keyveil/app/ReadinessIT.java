package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.audit.AuditSettings;
import io.keyveil.config.KeyveilSettings;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway is not ready before anybody can reach it. */
class ReadinessIT {
  @TempDir Path folder;

  @Test
  void isNotReadyBeforeItListens() {
    try (GatewayHarness other = GatewayHarness.start(folder)) {
      Gateway gateway =
          Gateway.assemble(
              other.vertx(), elsewhere(other.settings(), folder), InstantSource.system());
      try {
        assertThat(gateway.unready().await()).containsKey("listener");
        gateway.start().await();
        assertThat(gateway.unready().await()).isEmpty();
      } finally {
        gateway.stop().await();
      }
    }
  }

  /** The same with an audit folder of its own. */
  private static KeyveilSettings elsewhere(KeyveilSettings settings, Path folder) {
    return new KeyveilSettings(
        settings.profile(),
        settings.listen(),
        settings.management(),
        settings.tokens(),
        settings.store(),
        settings.cache(),
        settings.s3(),
        settings.delivery(),
        settings.links(),
        new AuditSettings(
            folder.resolve("audit-of-another"),
            settings.audit().durability(),
            settings.audit().queueLimit(),
            Optional.of("another")),
        settings.limits(),
        settings.cors(),
        settings.pages(),
        settings.drain());
  }
}
