package io.keyveil.config;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The environment variables, by the path of the setting they stand for; it remembers which settings
 * were asked for.
 */
final class Environment {
  static final String PREFIX = "KEYVEIL_";

  private final Map<String, String> variables;
  private final Set<String> settings = new LinkedHashSet<>();

  Environment(Map<String, String> variables) {
    this.variables = Map.copyOf(variables);
  }

  /** The variable of a setting: {@code s3.pathStyle} gives {@code KEYVEIL_S3_PATH_STYLE}. */
  static String variable(String path) {
    return PREFIX
        + path.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").replace('.', '_').toUpperCase(Locale.ROOT);
  }

  /** The text for a setting, which thereby is one. */
  Optional<String> text(String path) {
    settings.add(path);
    return Optional.ofNullable(variables.get(variable(path)));
  }

  /** The value of a variable that the settings name. */
  Optional<String> named(String variable) {
    return Optional.ofNullable(variables.get(variable));
  }

  /** Whether a variable stands for something below a section. */
  boolean below(String path) {
    String start = variable(path) + "_";
    return variables.keySet().stream().anyMatch(name -> name.startsWith(start));
  }

  /** The numbers that variables give to the sections of a list. */
  SortedSet<Integer> numbers(String path) {
    Pattern form = Pattern.compile(Pattern.quote(variable(path)) + "_(0|[1-9]\\d{0,3})_.+");
    TreeSet<Integer> numbers = new TreeSet<>();
    for (String name : variables.keySet()) {
      Matcher number = form.matcher(name);
      if (number.matches()) {
        numbers.add(Integer.valueOf(number.group(1)));
      }
    }
    return numbers;
  }

  /** The paths of all settings asked for so far, in that order. */
  List<String> settings() {
    return List.copyOf(settings);
  }
}
