package io.keyveil.page;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A colour of sRGB, which knows how well it can be told from another (WCAG 2.2, "contrast ratio").
 *
 * @param rgb red, green and blue, eight bits each
 */
public record Colour(int rgb) {
  static final Colour BLACK = new Colour(0x000000);
  static final Colour WHITE = new Colour(0xffffff);

  private static final Pattern FORM = Pattern.compile("#[0-9a-fA-F]{6}");
  private static final int STEPS = 40;

  public Colour {
    if (rgb < 0 || rgb > 0xffffff) {
      throw new IllegalArgumentException("rgb: " + rgb + " (expected: 24 bits)");
    }
  }

  /** Reads {@code #rrggbb}. */
  public static Optional<Colour> parse(String text) {
    return FORM.matcher(text).matches()
        ? Optional.of(new Colour(Integer.parseInt(text.substring(1), 16)))
        : Optional.empty();
  }

  /** Black or white, whichever can be read better on it: at least 4.58 to 1 for any colour. */
  Colour text() {
    return contrast(WHITE) >= contrast(BLACK) ? WHITE : BLACK;
  }

  /** This colour, made darker or lighter until it differs enough from the background. */
  Colour on(Colour background, double ratio) {
    Colour end = background.text();
    Colour mixed = this;
    for (int step = 1; step <= STEPS && mixed.contrast(background) < ratio; step++) {
      mixed = towards(end, (double) step / STEPS);
    }
    return mixed;
  }

  /** A mixture: 0 is this one, 1 the other. */
  Colour towards(Colour other, double share) {
    int mixed = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int from = channel(shift);
      mixed |= (int) Math.round(from + (other.channel(shift) - from) * share) << shift;
    }
    return new Colour(mixed);
  }

  /** From 1, the same, to 21, black and white. */
  double contrast(Colour other) {
    double one = luminance() + 0.05;
    double two = other.luminance() + 0.05;
    return Math.max(one, two) / Math.min(one, two);
  }

  private double luminance() {
    return 0.2126 * linear(16) + 0.7152 * linear(8) + 0.0722 * linear(0);
  }

  private double linear(int shift) {
    double value = channel(shift) / 255.0;
    return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
  }

  private int channel(int shift) {
    return rgb >> shift & 0xff;
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "#%06x", rgb);
  }
}
