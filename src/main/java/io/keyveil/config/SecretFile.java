package io.keyveil.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * A secret in a file that may be replaced while the program runs. One that cannot be read, or is
 * empty, in the moment of its replacement is as it was before.
 */
final class SecretFile implements Supplier<String> {
  private static final int LONGEST = 64 * 1024;

  private final Path file;
  private volatile String last;

  SecretFile(String file, String first) {
    this.file = Path.of(file);
    this.last = first;
  }

  @Override
  public String get() {
    try (InputStream stream = Files.newInputStream(file)) {
      String now = SecretReference.withoutLineEnd(stream.readNBytes(LONGEST));
      if (!now.isBlank()) {
        last = now;
      }
    } catch (IOException e) {
      // As it was.
    }
    return last;
  }
}
