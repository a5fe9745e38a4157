package io.keyveil.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;

/** How single values are written; each reading is empty for a text of another form. */
final class Forms {
  private Forms() {}

  static Optional<Integer> number(String text) {
    try {
      return Optional.of(Integer.valueOf(text.strip()));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  static Optional<Boolean> flag(String text) {
    return word(text, new Boolean[] {true, false}, String::valueOf);
  }

  static Optional<Path> path(String text) {
    try {
      return text.isBlank() ? Optional.empty() : Optional.of(Path.of(text));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  static Optional<ZoneId> zone(String text) {
    try {
      return Optional.of(text.equals("UTC") ? ZoneOffset.UTC : ZoneId.of(text));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  static Optional<URI> uri(String text) {
    try {
      return Optional.of(new URI(text));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  static <T> Optional<T> word(String text, T[] values, Function<T, String> word) {
    return Arrays.stream(values).filter(value -> word.apply(value).equals(text)).findFirst();
  }
}
