package io.keyveil.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The pages as text; what browsers make of them is tested in browsers. */
final class PagesTest {
  private static final Landing LANDING =
      new Landing(
          "MRI March.pdf",
          1_437_000,
          "application/pdf",
          Instant.parse("2026-11-27T14:05:00Z"),
          OptionalInt.of(1),
          "start");

  @TempDir private Path folder;

  @Test
  void saysEverythingInEveryLanguage() throws IOException {
    Set<String> english = texts(Language.EN).stringPropertyNames();
    assertThat(english).hasSizeGreaterThan(60);
    for (Language language : Language.values()) {
      assertThat(texts(language).stringPropertyNames()).as(language.code()).isEqualTo(english);
    }
    for (Notice notice : Notice.values()) {
      for (String part : List.of("title", "what", "next")) {
        assertThat(english).contains("notice." + notice.word() + "." + part);
      }
    }
  }

  @Test
  void leavesNoTextInAnotherLanguage() throws IOException {
    Properties english = texts(Language.EN);
    for (Language language : List.of(Language.DE, Language.FR, Language.ES)) {
      Properties texts = texts(language);
      assertThat(english.stringPropertyNames())
          .filteredOn(name -> english.getProperty(name).contains(". "))
          .isNotEmpty()
          .noneMatch(name -> texts.getProperty(name).equals(english.getProperty(name)));
      assertThat(texts.stringPropertyNames())
          .filteredOn(name -> english.getProperty(name).contains("{0}"))
          .allMatch(name -> texts.getProperty(name).contains("{0}"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "de | de",
        "de-CH, fr;q=0.9 | de",
        "fr;q=0.3, es-MX;q=0.8, en;q=0.5 | es",
        "it, pt;q=0.9 | en",
        "it, fr;q=0.1 | fr",
        "de;q=0, fr;q=0.2 | fr",
        "* | en",
        "EN-us | en",
        "de;q=2 | en",
        ";;;,,,=\u0001 | en",
      })
  void speaksTheLanguageThatTheBrowserPrefers(String field, String language) {
    RenderedPage page = new Pages(PageSettings.DEFAULTS).notice(Notice.NOT_FOUND, field);
    assertThat(page.language()).isEqualTo(language);
    assertThat(page.html()).contains("<html lang=\"" + language + "\">");
  }

  @Test
  void fallsBackToTheClinicsLanguage() {
    Pages pages = new Pages(settings("", Language.FR, Optional.empty(), Optional.empty()));
    assertThat(pages.notice(Notice.BUSY, null).language()).isEqualTo("fr");
    assertThat(pages.notice(Notice.BUSY, "it").language()).isEqualTo("fr");
    assertThat(pages.notice(Notice.BUSY, "de,".repeat(500)).language()).isEqualTo("fr");
    assertThat(pages.notice(Notice.BUSY, "en").language()).isEqualTo("en");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "en | 1.4 MB | 27 November 2026, 15:05 CET | PDF document",
        "de | 1,4 MB | 27. November 2026, 15:05 Uhr MEZ | PDF-Dokument",
        "fr | 1,4 Mo | 27 novembre 2026 à 15:05 CET | Document PDF",
        "es | 1,4 MB | 27 de noviembre de 2026, 15:05 CET | Documento PDF",
      })
  void tellsSizeTimeAndKindAsPeopleDo(String language, String size, String time, String kind) {
    RenderedPage page =
        new Pages(settings("St. Anna", Language.EN, Optional.empty(), Optional.empty()))
            .landing(LANDING, language);
    assertThat(page.html())
        .contains(">" + size.replace(' ', '\u00a0') + "<", ">" + time + "<", ">" + kind + "<")
        .contains("<bdi>MRI March.pdf</bdi>", "action=\"start\"", "St. Anna");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | 0 bytes",
        "1 | 1 byte",
        "999 | 999 bytes",
        "1000 | 1 KB",
        "9949 | 9.9 KB",
        "9951 | 10 KB",
        "999499 | 999 KB",
        "999500 | 1 MB",
        "5000000000000000 | 5,000 TB",
      })
  void neverSaysAThousandOfAUnit(long bytes, String text) throws IOException {
    Wording words = new Wording(Language.EN, texts(Language.EN), ZoneId.of("UTC"));
    assertThat(words.size(bytes)).isEqualTo(text.replace(' ', '\u00a0'));
    assertThat(words.time(Instant.EPOCH)).isEqualTo("1 January 1970, 00:00 UTC");
  }

  @Test
  void saysHowOftenAFileCanBeDownloaded() {
    Pages pages = new Pages(PageSettings.DEFAULTS);
    assertThat(pages.landing(with("a.pdf", OptionalInt.of(1)), "en").html()).contains(" once.");
    assertThat(pages.landing(with("a.pdf", OptionalInt.of(7)), "en").html()).contains("7 more");
    assertThat(pages.landing(with("a.pdf", OptionalInt.empty()), "en").html())
        .doesNotContain("You can download");
  }

  @ParameterizedTest
  @EnumSource(Notice.class)
  void hasAPageForEachNoticeThatLoadsNothing(Notice notice) throws Exception {
    Pages pages = new Pages(PageSettings.DEFAULTS);
    for (Language language : Language.values()) {
      RenderedPage page = pages.notice(notice, language.code());
      assertThat(page.html()).containsOnlyOnce("<h1>").doesNotContain("<script", "http:", "https:");
      assertThat(page.html()).doesNotContain("{{", "{0}", " style=");
      assertThat(page.html().contains("href=\"\"")).isEqualTo(notice.passing());
      assertThat(page.contentSecurityPolicy())
          .startsWith("default-src 'none'; style-src 'sha256-" + styleHash(page.html()) + "'; ")
          .contains("form-action 'none'", "base-uri 'none'", "frame-ancestors 'none'");
    }
  }

  @Test
  void allowsAFormOnTheLandingPageAlone() {
    RenderedPage page = new Pages(PageSettings.DEFAULTS).landing(LANDING, "en");
    assertThat(page.contentSecurityPolicy()).contains("form-action 'self'");
    assertThat(page.html()).contains("<form", "method=\"post\"").doesNotContain("<script");
  }

  @Test
  void escapesWhatComesFromOutside() {
    PageSettings settings =
        new PageSettings(
            "<b>Anna</b> & \"Co\"",
            Optional.of("<i>call</i>"),
            Optional.empty(),
            PageSettings.DEFAULTS.accent(),
            Language.EN,
            PageSettings.DEFAULTS.zone(),
            Optional.empty());
    String html =
        new Pages(settings)
            .landing(with("<img src=x onerror=alert(1)>{{title}}.pdf", OptionalInt.empty()), "en")
            .html();
    assertThat(html)
        .contains("&lt;b&gt;Anna", "&lt;i&gt;call", "&lt;img src", "{{title}}.pdf")
        .doesNotContain("<b>Anna", "<i>call", "<img");
  }

  @Test
  void showsNoNameThatTurnsItsDirection() {
    String html =
        new Pages(PageSettings.DEFAULTS)
            .landing(with("photo\u202egpj.exe\u0000", OptionalInt.empty()), "en")
            .html();
    assertThat(html).contains("<bdi>photogpj.exe</bdi>");
  }

  @Test
  void sendsAFormToItsOwnOriginAlone() {
    assertThat(List.of("", "start", "../x?y=1", "/links/abc/start"))
        .allSatisfy(action -> assertThat(at(action).action()).isEqualTo(action));
    assertThat(List.of("//evil.example", "https://evil.example", "javascript:alert(1)", "\"x"))
        .allSatisfy(
            action ->
                assertThatThrownBy(() -> at(action)).isInstanceOf(IllegalArgumentException.class));
  }

  @Test
  void doesNotPrintAFilesName() {
    assertThat(LANDING.toString()).doesNotContain("MRI");
  }

  @Test
  void carriesTheLogoItself() throws IOException {
    Path svg = Files.writeString(folder.resolve("l.svg"), "<svg xmlns='x'/>");
    Path png = folder.resolve("l.png");
    byte[] bytes = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0};
    Path unused = Files.write(png, bytes);
    assertThat(withLogo(svg)).contains("<img src=\"data:image/svg+xml;base64,");
    assertThat(withLogo(png)).contains("<img src=\"data:image/png;base64,");
  }

  @Test
  void saysWhatIsWrongWithALogo() throws IOException {
    Path text = Files.writeString(folder.resolve("l.txt"), "no picture");
    Path large = Files.writeString(folder.resolve("l.svg"), "<svg/>" + " ".repeat(65536));
    assertThatThrownBy(() -> withLogo(text))
        .isInstanceOf(InvalidPagesException.class)
        .hasMessage(
            "pages.logo: " + text + " is neither (expected: a PNG or SVG file of at most 64 KiB)");
    assertThatThrownBy(() -> withLogo(large))
        .hasMessage("pages.logo: " + large + " is too large (expected: at most 64 KiB)");
    assertThatThrownBy(() -> withLogo(folder.resolve("none")))
        .hasMessageContaining("cannot be read");
  }

  @Test
  void takesAFileOfTheFolderInPlaceOfTheJars() throws IOException {
    Path html = Files.writeString(folder.resolve("notice.html"), "<h1>{{title}}!</h1>");
    Path texts = Files.writeString(folder.resolve("de.properties"), "notice.gone.title=Weg\u00e4");
    Pages pages = withTemplates(folder);
    assertThat(pages.notice(Notice.GONE, "de").html()).contains("<h1>Weg\u00e4!</h1>", "<header>");
    assertThat(pages.notice(Notice.BUSY, "de").html()).contains("<h1>Einen Moment, bitte!</h1>");
    assertThat(List.of(html, texts)).allMatch(Files::exists);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "notice.html | {{#title}} | notice.html: ",
        "landing.html | {{nobody}} | landing.html: ",
        "style.css | {{nobody}} | style.css: ",
        "frame.html | {{nobody}} | frame.html: ",
        "es.properties | time=nonsense | es.properties: ",
        "es.properties | site=\\u00zz | es.properties: ",
      })
  void saysWhatIsWrongWithATemplate(String name, String content, String message)
      throws IOException {
    Path unused = Files.writeString(folder.resolve(name), content);
    assertThatThrownBy(() -> withTemplates(folder))
        .isInstanceOf(InvalidPagesException.class)
        .hasMessageStartingWith("pages.templates: " + message)
        .hasMessageNotContaining("\n");
  }

  @Test
  void saysThatThereIsNoSuchFolder() {
    assertThatThrownBy(() -> withTemplates(folder.resolve("none")))
        .isInstanceOf(InvalidPagesException.class)
        .hasMessageEndingWith("(expected: a folder with templates)");
  }

  @Test
  void framesThePagesOfAPortal() {
    PageTemplate template = PageTemplate.of("<h1>{{who}}</h1>{{#files}}<p>{{.}}</p>{{/files}}");
    Html body = template.fill(Map.of("who", "<Alice>", "files", List.of("a&b", "c")));
    RenderedPage page =
        new Pages(PageSettings.DEFAULTS).portal("Documents", Html.all(List.of(body)), "en");
    assertThat(page.html())
        .contains("<h1>&lt;Alice&gt;</h1><p>a&amp;b</p><p>c</p>", "<title>Documents</title>");
  }

  private String withLogo(Path logo) {
    return new Pages(settings("", Language.EN, Optional.of(logo), Optional.empty()))
        .notice(Notice.GONE, "en")
        .html();
  }

  private static Pages withTemplates(Path templates) {
    return new Pages(settings("", Language.EN, Optional.empty(), Optional.of(templates)));
  }

  private static PageSettings settings(
      String name, Language language, Optional<Path> logo, Optional<Path> templates) {
    return new PageSettings(
        name,
        Optional.empty(),
        logo,
        PageSettings.DEFAULTS.accent(),
        language,
        ZoneId.of("Europe/Berlin"),
        templates);
  }

  private static Landing with(String fileName, OptionalInt left) {
    return new Landing(fileName, 1, "text/plain", Instant.EPOCH, left, "");
  }

  private static Landing at(String action) {
    return new Landing("a", 1, "text/plain", Instant.EPOCH, OptionalInt.empty(), action);
  }

  private static Properties texts(Language language) throws IOException {
    Properties texts = new Properties();
    try (InputStream stream =
        PagesTest.class.getResourceAsStream(language.code() + ".properties")) {
      texts.load(new InputStreamReader(stream, StandardCharsets.UTF_8));
    }
    return texts;
  }

  private static String styleHash(String html) throws Exception {
    List<MatchResult> styles = new ArrayList<>();
    Pattern.compile("(?s)<style>(.*?)</style>").matcher(html).results().forEach(styles::add);
    assertThat(styles).hasSize(1);
    byte[] text = styles.get(0).group(1).getBytes(StandardCharsets.UTF_8);
    return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256").digest(text));
  }
}
