package io.keyveil.store;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Settings of stores for tests. */
final class TestStores {
  private TestStores() {}

  static StoreSettings sqlite(Path file) {
    return at("sqlite:" + file, "keyveil");
  }

  static StoreSettings at(String url, String user) {
    return new StoreSettings(url, user, Optional.empty(), 4, 512, Duration.ofSeconds(5));
  }
}
