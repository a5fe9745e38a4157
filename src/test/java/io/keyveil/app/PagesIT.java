package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.options.ColorScheme;
import io.keyveil.app.BrowserSession.Viewport;
import io.keyveil.app.BrowserSession.Visitor;
import io.keyveil.page.Landing;
import io.keyveil.page.Notice;
import io.keyveil.page.PageSettings;
import io.keyveil.page.Pages;
import io.keyveil.page.RenderedPage;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every page in a browser: can everybody read and use it, and does it keep to itself? */
@Tag("long")
class PagesIT {
  private static final List<String> LANGUAGES = List.of("en", "de", "fr", "es");
  private static final String LANDING = "landing";
  private static final String LONG = "long";
  private static final byte[] FILE = "the file".getBytes(StandardCharsets.UTF_8);
  private static final String LOGO =
      "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 40 40'><rect width='40' height='40'"
          + " rx='10' fill='#0b6072'/><path d='M20 9v22M9 20h22' stroke='#fff' stroke-width='6'"
          + " stroke-linecap='round'/></svg>";

  @TempDir static Path folder;
  private static final Vertx VERTX = Vertx.vertx();
  private static BrowserSession browser;
  private static Pages pages;
  private static HttpServer gateway;
  private static HttpServer storage;

  @BeforeAll
  static void start() throws Exception {
    browser = BrowserSession.start();
    pages =
        new Pages(
            new PageSettings(
                "St. Anna Hospital",
                Optional.of("+41 44 555 01 23"),
                Optional.of(Files.writeString(folder.resolve("logo.svg"), LOGO)),
                PageSettings.DEFAULTS.accent(),
                PageSettings.DEFAULTS.language(),
                ZoneId.of("Europe/Zurich"),
                Optional.empty()));
    storage = VERTX.createHttpServer().requestHandler(PagesIT::store).listen(0).await();
    gateway = VERTX.createHttpServer().requestHandler(PagesIT::serve).listen(0).await();
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
    VERTX.close().await();
  }

  private static void serve(HttpServerRequest request) {
    String name = String.valueOf(request.path()).substring(1);
    if (name.equals("start")) {
      var unused = request.response().setStatusCode(303).putHeader("Location", "go").end();
      return;
    }
    if (name.equals("go")) {
      var unused =
          request.response().setStatusCode(302).putHeader("Location", url(storage, "file")).end();
      return;
    }
    RenderedPage page = page(name, request.getHeader("Accept-Language"));
    var unused =
        request
            .response()
            .putHeader("Content-Type", "text/html; charset=utf-8")
            .putHeader("Content-Security-Policy", page.contentSecurityPolicy())
            .end(page.html());
  }

  private static void store(HttpServerRequest request) {
    var unused =
        request
            .response()
            .putHeader("Content-Disposition", "attachment; filename=\"file\"")
            .end(new String(FILE, StandardCharsets.UTF_8));
  }

  private static RenderedPage page(String name, @Nullable String language) {
    return switch (name) {
      case LANDING -> pages.landing(landing("MRI March.pdf"), language);
      case LONG -> pages.landing(landing("Befund".repeat(30) + ".pdf"), language);
      default -> pages.notice(Notice.valueOf(name), language);
    };
  }

  private static Landing landing(String name) {
    return new Landing(
        name,
        2_437_000,
        "application/pdf",
        Instant.parse("2026-11-28T13:05:00Z"),
        OptionalInt.of(1),
        "start");
  }

  private static String url(HttpServer server, String path) {
    return "http://127.0.0.1:" + server.actualPort() + "/" + path;
  }

  private static List<String> names() {
    return Stream.concat(Stream.of(LANDING, LONG), Arrays.stream(Notice.values()).map(Notice::name))
        .toList();
  }

  static Stream<Arguments> looks() {
    return LANGUAGES.stream()
        .flatMap(
            language ->
                Stream.of(ColorScheme.LIGHT, ColorScheme.DARK)
                    .map(scheme -> Arguments.of(language, scheme)));
  }

  @ParameterizedTest
  @MethodSource("looks")
  void canBeReadByEverybody(String language, ColorScheme scheme) {
    try (Visitor visitor = browser.visitor(language, scheme, BrowserSession.PHONE)) {
      for (String name : names()) {
        assertThat(visitor.open(url(gateway, name))).isEqualTo(200);
        assertThat(visitor.page().locator("html").getAttribute("lang")).isEqualTo(language);
        assertThat(visitor.violations()).as(name).isEmpty();
      }
      visitor.expectQuiet();
      assertThat(visitor.origins()).containsExactly(url(gateway, ""));
    }
  }

  /** At 320 CSS pixels, which are 400 % of zoom on a desktop (WCAG 1.4.10). */
  @Test
  void neverScrollSideways() {
    for (String language : LANGUAGES) {
      try (Visitor visitor = browser.visitor(language, ColorScheme.LIGHT, new Viewport(320, 640))) {
        for (String name : names()) {
          int unused = visitor.open(url(gateway, name));
          assertThat(visitor.page().evaluate("document.scrollingElement.scrollWidth"))
              .as(language + " " + name)
              .isEqualTo(320);
        }
      }
    }
  }

  @Test
  void showWhereTheKeyboardIsAndMoveNothing() {
    try (Visitor visitor = browser.visitor("en")) {
      for (String name : List.of(LANDING, Notice.BUSY.name())) {
        int unused = visitor.open(url(gateway, name));
        visitor.page().keyboard().press("Tab");
        Object focused =
            visitor
                .page()
                .evaluate(
                    "() => { const e = document.activeElement, s = getComputedStyle(e);"
                        + " return [e.className, s.outlineStyle, s.outlineWidth].join(' ') }");
        assertThat(focused).as(name).isEqualTo("button solid 3px");
        assertThat(visitor.page().evaluate("document.getAnimations().length")).isEqualTo(0);
        assertThat(visitor.page().locator(".button").boundingBox().height).isGreaterThan(44);
      }
    }
  }

  @Test
  void downloadByTheirButtonWhereverTheRedirectLeads() {
    try (Visitor visitor = browser.visitor("en")) {
      int unused = visitor.open(url(gateway, LANDING));
      byte[] got = visitor.download(() -> visitor.page().locator("button").click());
      assertThat(got).isEqualTo(FILE);
      visitor.expectQuiet();
    }
  }

  @Test
  void letNoForeignStyleOrScriptIn() {
    try (Visitor visitor = browser.visitor("en")) {
      int unused = visitor.open(url(gateway, LANDING));
      Object tried =
          visitor
              .page()
              .evaluate(
                  "() => { const s = document.createElement('style'); s.textContent ="
                      + " 'h1 { color: rgb(1, 2, 3) }'; document.head.append(s);"
                      + " const i = document.createElement('img'); i.src = 'http://127.0.0.1:9/x';"
                      + " document.body.append(i);"
                      + " return getComputedStyle(document.querySelector('h1')).color }");
      assertThat(tried).isNotEqualTo("rgb(1, 2, 3)");
      assertThat(visitor.complaints())
          .anyMatch(text -> text.contains("style-src"))
          .anyMatch(text -> text.contains("img-src"));
    }
  }

  @Test
  void arePictured() {
    Map<String, Viewport> screens =
        Map.of("desktop", BrowserSession.DESKTOP, "phone", BrowserSession.PHONE);
    screens.forEach(
        (screen, size) -> {
          for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            String look = screen + "-" + scheme.name().toLowerCase(Locale.ROOT);
            try (Visitor visitor = browser.visitor("en", scheme, size)) {
              for (String name : names()) {
                int unused = visitor.open(url(gateway, name));
                visitor.screenshot(word(name) + "-" + look);
              }
            }
          }
        });
    for (String language : LANGUAGES) {
      try (Visitor visitor = browser.visitor(language, ColorScheme.LIGHT, BrowserSession.PHONE)) {
        int unused = visitor.open(url(gateway, LANDING));
        visitor.screenshot("landing-phone-" + language);
      }
    }
    assertThat(Path.of("target", "screenshots", "landing-phone-de.png")).isNotEmptyFile();
  }

  private static String word(String name) {
    return name.toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
