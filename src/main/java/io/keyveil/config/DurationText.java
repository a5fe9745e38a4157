package io.keyveil.config;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as settings have them: {@code 500ms}, {@code 30s}, {@code 5m}, {@code 24h}. */
final class DurationText {
  private static final Pattern FORM = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)");

  private static final Map<String, ChronoUnit> UNITS = units();

  /** What {@link Duration#toString} makes. */
  private static final Pattern ISO =
      Pattern.compile("\\bPT(?=[-\\d])(?:-?\\d+H)?(?:-?\\d+M)?(?:-?\\d+(?:\\.\\d+)?S)?");

  private DurationText() {}

  private static Map<String, ChronoUnit> units() {
    Map<String, ChronoUnit> units = new LinkedHashMap<>();
    units.put("d", ChronoUnit.DAYS);
    units.put("h", ChronoUnit.HOURS);
    units.put("m", ChronoUnit.MINUTES);
    units.put("s", ChronoUnit.SECONDS);
    units.put("ms", ChronoUnit.MILLIS);
    return units;
  }

  /** Reads a whole number with a unit, a bare 0, or ISO 8601's form. */
  static Optional<Duration> parse(String text) {
    Matcher form = FORM.matcher(text.strip());
    if (form.matches()) {
      return Optional.ofNullable(UNITS.get(form.group(2)))
          .map(unit -> Duration.of(Long.parseLong(form.group(1)), unit));
    }
    return text.strip().equals("0") ? Optional.of(Duration.ZERO) : parseIso(text.strip());
  }

  private static Optional<Duration> parseIso(String text) {
    try {
      return Optional.of(Duration.parse(text));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /** In the largest unit that divides it, up to hours: {@code 24h} reads better than a day. */
  static String write(Duration duration) {
    if (duration.isNegative()) {
      return "-" + write(duration.negated());
    }
    return UNITS.entrySet().stream()
        .filter(unit -> unit.getValue() != ChronoUnit.DAYS)
        .filter(unit -> !duration.isZero() && isWhole(duration, unit.getValue()))
        .findFirst()
        .map(unit -> duration.dividedBy(unit.getValue().getDuration()) + unit.getKey())
        .orElseGet(() -> duration.isZero() ? "0" : duration.toString());
  }

  private static boolean isWhole(Duration duration, ChronoUnit unit) {
    return unit.getDuration().multipliedBy(duration.dividedBy(unit.getDuration())).equals(duration);
  }

  /** The same text with each of Java's durations as one writes it in the settings. */
  static String rewrite(String text) {
    return ISO.matcher(text)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    parseIso(found.group()).map(DurationText::write).orElse(found.group())));
  }
}
