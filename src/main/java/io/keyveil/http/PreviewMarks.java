package io.keyveil.http;

import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells programs that look at a link before its person does: browsers that load ahead, chat
 * programs that make previews, scanners that say that they are one. A person must never be taken
 * for one, so that words which telephones and apps for reading codes have in their names are not
 * among the marks.
 */
final class PreviewMarks {
  /** By {@code Sec-Purpose} (W3C Fetch section 3.9) and what came before it. */
  private static final List<String> FIELDS =
      List.of("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz");

  private static final List<String> AHEAD = List.of("prefetch", "prerender", "preview");

  /** What such programs call themselves; messengers only where nothing stands before. */
  private static final Pattern PROGRAMS =
      Pattern.compile(
          "(?<!cu)bot\\b|crawler|spider\\b|preview\\b|bingpreview|externalhit|facebookcatalog"
              + "|unfurl|embedly|iframely|slack-imgproxy|vkshare|skypeuri|googleimageproxy"
              + "|safelinks|urldefense|barracuda|mimecast|linkcheck|link check"
              + "|^(?:whatsapp|viber|zulip|mattermost|synapse)\\b",
          Pattern.CASE_INSENSITIVE);

  private PreviewMarks() {}

  static boolean areOn(HttpServerRequest request) {
    return FIELDS.stream().anyMatch(field -> isAhead(text(request.getHeader(field))))
        || isProgram(text(request.getHeader("User-Agent")));
  }

  /** Whether a user agent is a program that makes previews. */
  static boolean isProgram(String userAgent) {
    return PROGRAMS.matcher(userAgent).find();
  }

  private static boolean isAhead(String purpose) {
    String words = purpose.toLowerCase(Locale.ROOT);
    return AHEAD.stream().anyMatch(words::contains);
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }
}
