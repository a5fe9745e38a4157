package io.keyveil.delivery;

import io.keyveil.link.LinkId;
import io.keyveil.link.WindowId;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The window of a link in which the bytes of a carried download are counted.
 *
 * @param size how large the link's main file is
 */
record CarriedWindow(LinkId link, WindowId window, long size) {
  private static final Pattern FORM =
      Pattern.compile("([A-Za-z0-9_-]{22})\\.([A-Za-z0-9_-]{22})\\.(\\d{1,18})");

  static Optional<CarriedWindow> parse(String text) {
    Matcher form = FORM.matcher(text);
    return form.matches()
        ? Optional.of(
            new CarriedWindow(
                new LinkId(form.group(1)),
                new WindowId(form.group(2)),
                Long.parseLong(form.group(3))))
        : Optional.empty();
  }

  /** As nginx writes it into its log. */
  String text() {
    return link.text() + "." + window.text() + "." + size;
  }
}
