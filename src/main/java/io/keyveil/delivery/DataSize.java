package io.keyveil.delivery;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An amount of data, written as {@code 16MiB}.
 *
 * @param bytes how many bytes, not negative
 */
public record DataSize(long bytes) {
  private static final Pattern FORM = Pattern.compile("(\\d{1,12})\\s*(B|KiB|MiB|GiB|TiB)?");

  public DataSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("a size below zero");
    }
  }

  /** Reads a number of bytes with an optional binary unit. */
  public static Optional<DataSize> parse(String text) {
    Matcher form = FORM.matcher(text.strip());
    return form.matches()
        ? of(Long.parseLong(form.group(1)), shift(form.group(2)))
        : Optional.empty();
  }

  /** Empty where the number of bytes does not fit. */
  private static Optional<DataSize> of(long count, int shift) {
    return count <= Long.MAX_VALUE >> shift
        ? Optional.of(new DataSize(count << shift))
        : Optional.empty();
  }

  private static int shift(@Nullable String unit) {
    if (unit == null) {
      return 0;
    }
    return switch (unit) {
      case "KiB" -> 10;
      case "MiB" -> 20;
      case "GiB" -> 30;
      case "TiB" -> 40;
      default -> 0;
    };
  }

  public static DataSize kibibytes(long count) {
    return new DataSize(count << 10);
  }

  public static DataSize mebibytes(long count) {
    return new DataSize(count << 20);
  }

  /** The largest unit that divides it. */
  @Override
  public String toString() {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    long count = bytes;
    int unit = 0;
    while (count > 0 && count % 1024 == 0 && unit < units.length - 1) {
      count /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, "%d%s", count, units[unit]);
  }
}
