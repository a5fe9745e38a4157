package io.keyveil.page;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A language that the pages are written in. */
public enum Language {
  EN,
  DE,
  FR,
  ES;

  /** Longer ones are no browser's. */
  private static final int LONGEST = 1000;

  /** Reads a code such as {@code de}. */
  public static Optional<Language> parse(String code) {
    return Arrays.stream(values()).filter(language -> language.code().equals(code)).findFirst();
  }

  /** As {@code lang} and {@code Content-Language} have it. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  Locale locale() {
    return Locale.forLanguageTag(code());
  }

  /**
   * What an {@code Accept-Language} field prefers (RFC 4647 section 3.4), if it is any of these.
   */
  static Optional<Language> preferred(@Nullable String acceptLanguage) {
    if (acceptLanguage == null || acceptLanguage.isBlank() || acceptLanguage.length() > LONGEST) {
      return Optional.empty();
    }
    List<Locale> ours = Arrays.stream(values()).map(Language::locale).toList();
    return Optional.ofNullable(Locale.lookup(ranges(acceptLanguage), ours))
        .flatMap(locale -> parse(locale.getLanguage()));
  }

  /** Best first; those of weight 0 are what the reader does not want. */
  private static List<Locale.LanguageRange> ranges(String acceptLanguage) {
    try {
      return Locale.LanguageRange.parse(acceptLanguage).stream()
          .filter(range -> range.getWeight() > 0)
          .toList();
    } catch (IllegalArgumentException e) {
      return List.of();
    }
  }
}
