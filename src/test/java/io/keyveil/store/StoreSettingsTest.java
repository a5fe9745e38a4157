package io.keyveil.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a store's settings accept. */
final class StoreSettingsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "sqlite:data/keyveil.db",
        "sqlite:/var/lib/k.db",
        "postgresql://db/keyveil",
        "postgresql://db-1:5432,db-2:5432/keyveil?sslmode=verify-full&sslrootcert=/etc/ca.pem",
        "postgresql://[::1]:5432/keyveil"
      })
  void takesBothKindsOfAddress(String url) {
    assertThat(TestStores.at(url, "keyveil").url()).isEqualTo(url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "sqlite:",
        "sqlite::memory:",
        "sqlite:k.db?journal_mode=off",
        "jdbc:postgresql://db/keyveil",
        "postgresql://me:hunter2@db/keyveil",
        "postgresql://db/keyveil?password=hunter2",
        "mysql://db/keyveil"
      })
  void refusesOthersWithoutRepeatingThem(String url) {
    assertThatThrownBy(() -> TestStores.at(url, "keyveil"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("url: ")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void keepsItsNumbersInTheirRanges() {
    assertThatThrownBy(() -> settings(0, 1, 5)).hasMessage("poolSize: 0 (expected: 1 to 100)");
    assertThatThrownBy(() -> settings(1, 0, 5)).hasMessage("queueLimit: 0 (expected: 1 to 100000)");
    assertThatThrownBy(() -> settings(1, 1, 0)).hasMessageStartingWith("queryTimeout: PT0S (");
  }

  @Test
  void hidesThePassword() {
    StoreSettings settings =
        new StoreSettings(
            "postgresql://db/keyveil",
            "keyveil",
            Optional.of(DatabasePassword.of("hunter2")),
            1,
            1,
            Duration.ofSeconds(5));
    assertThat(settings.toString()).doesNotContain("hunter2").contains("DatabasePassword[***]");
  }

  private static StoreSettings settings(int poolSize, int queueLimit, int seconds) {
    return new StoreSettings(
        "sqlite:k.db", "", Optional.empty(), poolSize, queueLimit, Duration.ofSeconds(seconds));
  }
}
