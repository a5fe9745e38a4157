package io.keyveil.page;

import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * What the pages look like, and who speaks on them.
 *
 * @param name the clinic's name, of at most 80 characters; empty: none is shown
 * @param contact a line for whoever needs help, such as a telephone number, of at most 200
 * @param logo a PNG or SVG file of at most 64 KiB, which becomes part of each page
 * @param accent the colour of buttons and lines; text on it is black or white, whichever is legible
 * @param language for readers whose browser asks for none that we have
 * @param zone in which times are told
 * @param templates a folder whose files replace those of the same name in the jar
 */
public record PageSettings(
    String name,
    Optional<String> contact,
    Optional<Path> logo,
    Colour accent,
    Language language,
    ZoneId zone,
    Optional<Path> templates) {
  public static final PageSettings DEFAULTS =
      new PageSettings(
          "",
          Optional.empty(),
          Optional.empty(),
          new Colour(0x0b6072),
          Language.EN,
          ZoneOffset.UTC,
          Optional.empty());

  private static final int LONGEST_NAME = 80;
  private static final int LONGEST_CONTACT = 200;

  public PageSettings {
    if (!isLine(name, LONGEST_NAME)) {
      throw new IllegalArgumentException("name: too long (expected: a line of 80 characters)");
    }
    if (!isLine(contact.orElse(""), LONGEST_CONTACT)) {
      throw new IllegalArgumentException("contact: too long (expected: a line of 200 characters)");
    }
  }

  private static boolean isLine(String text, int longest) {
    return text.length() <= longest && text.chars().noneMatch(Character::isISOControl);
  }
}
