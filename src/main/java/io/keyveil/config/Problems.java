package io.keyveil.config;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What is wrong with the settings, a line each, collected so that all are told at once. */
final class Problems {
  private static final int LONGEST = 400;

  private static final Pattern CONTROLS = Pattern.compile("\\p{Cntrl}+");

  /** User and password of a URL, which stand before an {@code @}. */
  private static final Pattern USER_INFO = Pattern.compile("//[^/@\\s]*@");

  /** Ordered, and a set: a section that is read again notes the same once. */
  private final Set<String> lines = new LinkedHashSet<>();

  /** Notes a value that was found where another was expected. */
  void note(String path, String found, String expected) {
    note(
        path,
        "%s (expected: %s)"
            .formatted(found.isBlank() ? "nothing" : shortened(found, 100), expected));
  }

  void note(String path, String text) {
    lines.add(oneSafeLine(path.isEmpty() ? text : path + ": " + text));
  }

  /** Whether anything was noted about a setting or what lies below it. */
  boolean about(String path) {
    return lines.stream()
        .anyMatch(line -> line.startsWith(path + ":") || line.startsWith(path + "."));
  }

  int count() {
    return lines.size();
  }

  Collection<String> lines() {
    return List.copyOf(lines);
  }

  /** Fails if there is any. */
  void refuse() {
    if (!lines.isEmpty()) {
      throw new InvalidConfigException(lines);
    }
  }

  private static String oneSafeLine(String text) {
    String masked = USER_INFO.matcher(text).replaceAll("//***@");
    return shortened(CONTROLS.matcher(masked).replaceAll(" "), LONGEST);
  }

  private static String shortened(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most) + "...";
  }
}
