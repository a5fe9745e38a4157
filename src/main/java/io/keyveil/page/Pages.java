package io.keyveil.page;

import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Every page that the gateway shows to people. A page is one document: its style and pictures are
 * in it, it has no script, and its policy lets nothing else in.
 */
public final class Pages {
  private final PageFiles files;
  private final PageSettings settings;
  private final Frame frame;
  private final PageTemplate notice;
  private final PageTemplate landing;
  private final Map<Language, Wording> wordings = new EnumMap<>(Language.class);
  private final Map<Notice.Icon, Html> icons = new EnumMap<>(Notice.Icon.class);

  /**
   * Reads everything, and tries every page once.
   *
   * @throws InvalidPagesException if a file of the operator's cannot be used
   */
  public Pages(PageSettings settings) {
    this.settings = settings;
    this.files = new PageFiles(settings.templates());
    this.frame = new Frame(settings, files);
    this.notice = files.template("notice.html");
    this.landing = files.template("landing.html");
    for (Notice.Icon icon : Notice.Icon.values()) {
      icons.put(icon, Html.trusted(files.text(icon.resource())));
    }
    for (Language language : Language.values()) {
      wordings.put(language, wording(language));
    }
    wordings.values().forEach(this::tryAll);
  }

  private Wording wording(Language language) {
    return new Wording(language, files.texts(language.code() + ".properties"), settings.zone());
  }

  private void tryAll(Wording words) {
    for (Notice each : Notice.values()) {
      RenderedPage unused = notice(each, words);
    }
    for (OptionalInt left : new OptionalInt[] {OptionalInt.of(1), OptionalInt.of(2)}) {
      RenderedPage unused =
          landing(new Landing("name", 2_000_000, "text/plain", Instant.EPOCH, left, ""), words);
    }
  }

  /** A page that only says something. */
  public RenderedPage notice(Notice notice, @Nullable String acceptLanguage) {
    return notice(notice, words(acceptLanguage));
  }

  /** The page of a link that waits for a click. */
  public RenderedPage landing(Landing landing, @Nullable String acceptLanguage) {
    return landing(landing, words(acceptLanguage));
  }

  /** What a file is, in a line: its kind and its size. */
  public String about(String mediaType, long size, @Nullable String acceptLanguage) {
    Wording words = words(acceptLanguage);
    return words.kind(mediaType) + ", " + words.size(size);
  }

  /** A page of somebody else's content in the same frame, with forms for its own origin. */
  public RenderedPage portal(String title, Html body, @Nullable String acceptLanguage) {
    return frame.around(title, body, words(acceptLanguage), Frame.Forms.OWN_ORIGIN);
  }

  private RenderedPage notice(Notice told, Wording words) {
    String name = "notice." + told.word();
    Map<String, Object> values = new HashMap<>();
    values.put("icon", icon(told.icon()));
    values.put("title", words.text(name + ".title"));
    values.put("what", words.text(name + ".what"));
    values.put("next", words.text(name + ".next"));
    values.put("again", told.passing() ? words.text("again") : "");
    Html body = notice.fill("notice.html", values);
    return frame.around(words.text(name + ".title"), body, words, Frame.Forms.NONE);
  }

  private RenderedPage landing(Landing file, Wording words) {
    Map<String, Object> values = new HashMap<>();
    values.put("icon", icon(Notice.Icon.FILE));
    values.put("title", words.text("landing.title"));
    values.put(
        "intro",
        settings.name().isBlank()
            ? words.text("landing.intro")
            : words.text("landing.introBy", settings.name()));
    values.put("nameLabel", words.text("landing.name"));
    values.put("name", file.shownName());
    values.put("kindLabel", words.text("landing.kind"));
    values.put("kind", words.kind(file.type()));
    values.put("sizeLabel", words.text("landing.size"));
    values.put("size", words.size(file.size()));
    values.put("untilLabel", words.text("landing.until"));
    values.put("until", words.time(file.expiresAt()));
    values.put("times", times(file.downloadsLeft(), words));
    values.put("hint", words.text("landing.hint"));
    values.put("action", file.action());
    values.put("button", words.text("landing.button"));
    Html body = landing.fill("landing.html", values);
    return frame.around(words.text("landing.title"), body, words, Frame.Forms.DOWNLOAD);
  }

  private static String times(OptionalInt left, Wording words) {
    if (left.isEmpty()) {
      return "";
    }
    return left.getAsInt() == 1
        ? words.text("landing.once")
        : words.text("landing.times", Integer.toString(left.getAsInt()));
  }

  private Html icon(Notice.Icon icon) {
    return Optional.ofNullable(icons.get(icon)).orElseThrow();
  }

  private Wording words(@Nullable String acceptLanguage) {
    Language language = Language.preferred(acceptLanguage).orElse(settings.language());
    return Optional.ofNullable(wordings.get(language)).orElseThrow();
  }
}
