package io.keyveil.page;

import java.text.NumberFormat;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/** How things are said in one language. */
final class Wording {
  private static final List<String> UNITS = List.of("kilo", "mega", "giga", "tera");

  /** What people call a media type; whatever is not here goes by its first half. */
  private static final Map<String, String> KINDS =
      Map.ofEntries(
          Map.entry("application/pdf", "pdf"),
          Map.entry("application/dicom", "dicom"),
          Map.entry("application/zip", "archive"),
          Map.entry("application/gzip", "archive"),
          Map.entry("application/x-tar", "archive"),
          Map.entry("application/x-7z-compressed", "archive"),
          Map.entry("application/msword", "document"),
          Map.entry("application/rtf", "document"),
          Map.entry("application/vnd.oasis.opendocument.text", "document"),
          Map.entry(
              "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
              "document"),
          Map.entry("application/vnd.ms-excel", "spreadsheet"),
          Map.entry("application/vnd.oasis.opendocument.spreadsheet", "spreadsheet"),
          Map.entry(
              "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "spreadsheet"),
          Map.entry("text/csv", "spreadsheet"));

  private static final List<String> FAMILIES = List.of("image", "video", "audio", "text");

  private final Language language;
  private final Properties texts;
  private final DateTimeFormatter times;

  Wording(Language language, Properties texts, ZoneId zone) {
    this.language = language;
    this.texts = texts;
    this.times = times(zone);
  }

  private DateTimeFormatter times(ZoneId zone) {
    try {
      return DateTimeFormatter.ofPattern(text("time"), language.locale()).withZone(zone);
    } catch (IllegalArgumentException e) {
      throw refused("time", "is no pattern such as d MMMM yyyy, HH:mm z");
    }
  }

  Language language() {
    return language;
  }

  /**
   * A text by its name.
   *
   * @throws InvalidPagesException if there is none
   */
  String text(String name) {
    String text = texts.getProperty(name);
    if (text == null) {
      throw refused(name, "is missing");
    }
    return text;
  }

  private InvalidPagesException refused(String name, String why) {
    return new InvalidPagesException(
        "pages.templates: " + language.code() + ".properties: " + name + " " + why);
  }

  /** A text with one thing in it. */
  String text(String name, String thing) {
    return text(name).replace("{0}", thing);
  }

  /** In decimal units, as telephones and file managers tell it. */
  String size(long bytes) {
    if (bytes < 1000) {
      return text(bytes == 1 ? "size.byte" : "size.bytes", Long.toString(bytes));
    }
    double value = bytes;
    int unit = -1;
    while (value >= 999.5 && unit < UNITS.size() - 1) {
      value /= 1000;
      unit++;
    }
    NumberFormat number = NumberFormat.getInstance(language.locale());
    number.setMaximumFractionDigits(value < 9.95 ? 1 : 0);
    return text("size." + UNITS.get(unit), number.format(value));
  }

  String time(Instant time) {
    return times.format(time);
  }

  String kind(String mediaType) {
    String type = mediaType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    String family = type.split("/", 2)[0];
    String other = FAMILIES.contains(family) ? family : "other";
    return text("kind." + KINDS.getOrDefault(type, other));
  }
}
