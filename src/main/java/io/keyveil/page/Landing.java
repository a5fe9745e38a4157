package io.keyveil.page;

import java.time.Instant;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * What a landing page says about its file.
 *
 * @param fileName as whoever gave it out named it
 * @param size in bytes
 * @param type the media type
 * @param expiresAt when the link ends
 * @param downloadsLeft how often it may still be downloaded; empty for as often as one likes
 * @param action where the button posts to: a URL relative to the page's
 */
public record Landing(
    String fileName,
    long size,
    String type,
    Instant expiresAt,
    OptionalInt downloadsLeft,
    String action) {
  /** No scheme and no host can be said with these. */
  private static final Pattern RELATIVE = Pattern.compile("(?!//)[A-Za-z0-9._~/?=&%-]*");

  private static final Pattern UNSEEN = Pattern.compile("[\\p{Cc}\\p{Cf}\u2028\u2029]");

  public Landing {
    if (size < 0 || downloadsLeft.orElse(1) < 1) {
      throw new IllegalArgumentException("no file that could be downloaded");
    }
    if (!RELATIVE.matcher(action).matches()) {
      throw new IllegalArgumentException("action: no relative URL");
    }
  }

  /**
   * The name without what would turn its direction, and make an {@code exe} look like a picture.
   */
  String shownName() {
    return UNSEEN.matcher(fileName).replaceAll("");
  }

  /** The file's name may be a patient's. */
  @Override
  public String toString() {
    return "Landing[***]";
  }
}
