package io.keyveil.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** That every accent gives pages that can be read. */
final class ColourTest {
  @Test
  void readsWhatItWrites() {
    assertThat(Colour.parse("#0B6072")).contains(new Colour(0x0b6072));
    assertThat(new Colour(0x0b6072)).hasToString("#0b6072");
    assertThat(Colour.parse("0b6072")).isEmpty();
    assertThat(Colour.parse("#0b607")).isEmpty();
    assertThat(Colour.parse("#0b607g")).isEmpty();
    assertThat(Colour.parse("red;}")).isEmpty();
  }

  @Test
  void measuresContrastAsWcagDoes() {
    assertThat(Colour.BLACK.contrast(Colour.WHITE)).isEqualTo(21, within(0.001));
    assertThat(new Colour(0x777777).contrast(Colour.WHITE)).isEqualTo(4.478, within(0.001));
    assertThat(new Colour(0x767676).contrast(Colour.WHITE)).isEqualTo(4.542, within(0.001));
    assertThat(Colour.WHITE.contrast(Colour.WHITE)).isEqualTo(1, within(0.001));
  }

  @Test
  void canBeReadWhateverTheAccent() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 20_000; round++) {
      int rgb =
          switch (round) {
            case 0 -> 0x000000;
            case 1 -> 0xffffff;
            case 2 -> 0xffff00;
            case 3 -> 0x182329;
            default -> random.nextInt(0x1000000);
          };
      Map<String, String> colours = Palette.of(new Colour(rgb));
      for (String scheme : new String[] {"light", "dark"}) {
        Colour card = colour(colours, scheme + "Card");
        String which = "seed " + seed + ", " + new Colour(rgb) + ", " + colours;
        assertContrast(colours, scheme + "Button", scheme + "ButtonText", 4.5, which);
        assertContrast(colours, scheme + "Tint", scheme + "Icon", 3, which);
        assertContrast(colours, scheme + "Card", scheme + "Link", 4.5, which);
        assertThat(colour(colours, scheme + "Button").contrast(card)).as(which).isGreaterThan(3);
      }
    }
  }

  private static void assertContrast(
      Map<String, String> colours, String one, String two, double least, String which) {
    assertThat(colour(colours, one).contrast(colour(colours, two)))
        .as(one + " " + which)
        .isGreaterThanOrEqualTo(least);
  }

  private static Colour colour(Map<String, String> colours, String name) {
    return Colour.parse(colours.getOrDefault(name, "")).orElseThrow();
  }
}
