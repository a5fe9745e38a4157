package io.keyveil.s3;

import java.util.List;
import java.util.Locale;

/**
 * A rule of a bucket for pages of other origins.
 *
 * @param origins from where they may come; each may have one {@code *}
 * @param methods what they may ask
 * @param headers with which fields
 * @param exposed which fields of the answer they may read
 */
public record CorsRule(
    List<String> origins, List<String> methods, List<String> headers, List<String> exposed) {
  public CorsRule {
    origins = List.copyOf(origins);
    methods = List.copyOf(methods);
    headers = headers.stream().map(field -> field.toLowerCase(Locale.ROOT)).toList();
    exposed = exposed.stream().map(field -> field.toLowerCase(Locale.ROOT)).toList();
  }

  /** Whether a page from there may ask. */
  public boolean admits(String origin) {
    return origins.stream().anyMatch(pattern -> matches(pattern, origin));
  }

  private static boolean matches(String pattern, String origin) {
    int star = pattern.indexOf('*');
    return star < 0
        ? pattern.equals(origin)
        : origin.length() >= pattern.length() - 1
            && origin.startsWith(pattern.substring(0, star))
            && origin.endsWith(pattern.substring(star + 1));
  }
}
