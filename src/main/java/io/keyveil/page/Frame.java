package io.keyveil.page;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/** What is the same around every page: head, style, the clinic's name and contact. */
final class Frame {
  private static final String FILE = "frame.html";
  private static final String STYLE = "style.css";

  private final PageSettings settings;
  private final PageTemplate template;
  private final String style;
  private final String stylePolicy;
  private final String logo;

  /** Where forms on the page may lead. */
  enum Forms {
    NONE("'none'"),
    OWN_ORIGIN("'self'"),
    /** A redirect counts as well (CSP level 3 section 6.3.1), and a download's may lead to S3. */
    DOWNLOAD("'self' https: http:");

    private final String sources;

    Forms(String sources) {
      this.sources = sources;
    }
  }

  Frame(PageSettings settings, PageFiles files) {
    this.settings = settings;
    this.template = files.template(FILE);
    this.style = files.template(STYLE).text(STYLE, Palette.of(settings.accent()));
    this.stylePolicy = "'sha256-" + sha256(style) + "'";
    this.logo = settings.logo().map(Logo::dataUri).orElse("");
  }

  RenderedPage around(String title, Html body, Wording words, Forms forms) {
    String name = settings.name().strip();
    Map<String, Object> values = new HashMap<>();
    values.put("language", words.language().code());
    values.put("title", title);
    values.put("name", name);
    values.put("site", name.isEmpty() ? words.text("site") : name);
    values.put("logo", logo);
    values.put("style", Html.trusted(style));
    values.put("body", body);
    values.put("help", words.text("help"));
    values.put("contact", settings.contact().orElse(""));
    return new RenderedPage(template.text(FILE, values), words.language().code(), policy(forms));
  }

  /** The style by its hash: whatever else may get into a page has no effect. */
  private String policy(Forms forms) {
    return "default-src 'none'; style-src "
        + stylePolicy
        + "; img-src data:; form-action "
        + forms.sources
        + "; base-uri 'none'; frame-ancestors 'none'";
  }

  private static String sha256(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has it", e);
    }
  }
}
