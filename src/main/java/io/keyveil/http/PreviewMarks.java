package io.keyveil.http;

import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells programs that look at a link before its person does: browsers that load ahead, chat
 * programs that make previews, scanners that say that they are one.
 */
final class PreviewMarks {
  /** By {@code Sec-Purpose} (W3C Fetch section 3.9) and what came before it. */
  private static final List<String> FIELDS =
      List.of("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz");

  private static final List<String> AHEAD = List.of("prefetch", "prerender", "preview");

  /** What such programs call themselves; people's browsers contain none of these. */
  private static final Pattern PROGRAMS =
      Pattern.compile(
          "bot\\b|bot/|crawler|spider|preview|externalhit|facebookcatalog|unfurl|embedly|iframely"
              + "|slack-imgproxy|slackbot|whatsapp/|viber|vkshare|synapse|mattermost|zulip"
              + "|skypeuri|googleimageproxy|safelinks|urldefense|barracuda|mimecast"
              + "|linkcheck|link check|scanner",
          Pattern.CASE_INSENSITIVE);

  private PreviewMarks() {}

  static boolean areOn(HttpServerRequest request) {
    return FIELDS.stream().anyMatch(field -> isAhead(request.getHeader(field)))
        || PROGRAMS.matcher(text(request.getHeader("User-Agent"))).find();
  }

  private static boolean isAhead(@Nullable String value) {
    String purpose = text(value).toLowerCase(Locale.ROOT);
    return AHEAD.stream().anyMatch(purpose::contains);
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }
}
