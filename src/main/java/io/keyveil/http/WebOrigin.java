package io.keyveil.http;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a page came from, as browsers write it in {@code Origin}: {@code https://host} or {@code
 * https://host:port}.
 *
 * @param text the origin, or {@code *} for any
 */
public record WebOrigin(String text) {
  private static final WebOrigin ANY = new WebOrigin("*");

  /**
   * RFC 6454 section 6.1; in small letters, since browsers write it so and it is compared as is.
   */
  private static final Pattern FORM =
      Pattern.compile(
          "[a-z][a-z0-9+.-]{0,31}://(?:[a-z0-9._-]{1,253}|\\[[0-9a-f:.]{2,45}\\])(?::\\d{1,5})?");

  /**
   * Reads an origin or {@code *}; empty for anything else, such as {@code null}, a path, a pattern,
   * capital letters or a port that goes without saying: no browser would ever send what is here.
   */
  public static Optional<WebOrigin> parse(String text) {
    if (text.equals("*")) {
      return Optional.of(ANY);
    }
    return FORM.matcher(text).matches() && !namesStandardPort(text)
        ? Optional.of(new WebOrigin(text))
        : Optional.empty();
  }

  private static boolean namesStandardPort(String text) {
    return (text.startsWith("https://") && text.endsWith(":443"))
        || (text.startsWith("http://") && text.endsWith(":80"));
  }

  /** Whether it stands for every origin there is. */
  public boolean any() {
    return equals(ANY);
  }

  @Override
  public String toString() {
    return text;
  }
}
