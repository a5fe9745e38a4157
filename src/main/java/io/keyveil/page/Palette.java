package io.keyveil.page;

import java.util.HashMap;
import java.util.Map;

/**
 * The colours of the pages by the names that the style has for them, all made of one accent so that
 * WCAG's contrasts hold whatever it is: 4.5 to 1 for text, 3 to 1 for what can be pressed.
 */
final class Palette {
  private static final double TEXT = 4.5;
  private static final double PART = 3;
  private static final Colour DARK_CARD = new Colour(0x182329);

  private Palette() {}

  static Map<String, String> of(Colour accent) {
    Map<String, String> colours = new HashMap<>();
    addFor(colours, "light", accent, Colour.WHITE, 0.12);
    addFor(colours, "dark", accent, DARK_CARD, 0.25);
    return colours;
  }

  private static void addFor(
      Map<String, String> colours, String scheme, Colour accent, Colour card, double share) {
    Colour button = accent.on(card, PART);
    Colour tint = card.towards(button, share);
    colours.put(scheme + "Card", card.toString());
    colours.put(scheme + "Button", button.toString());
    colours.put(scheme + "ButtonText", button.text().toString());
    colours.put(scheme + "Link", accent.on(card, TEXT).toString());
    colours.put(scheme + "Tint", tint.toString());
    colours.put(scheme + "Icon", accent.on(tint, TEXT).toString());
  }
}
