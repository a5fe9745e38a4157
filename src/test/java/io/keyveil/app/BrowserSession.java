package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * Debian's Chromium without a screen, and the people who look at things in it: each has cookies, a
 * language, a colour scheme and a screen of their own, and what their pages complain of is kept.
 */
final class BrowserSession implements AutoCloseable {
  static final Viewport DESKTOP = new Viewport(1280, 800);
  static final Viewport PHONE = new Viewport(360, 740);

  private static final Path PROGRAM = Path.of("/usr/bin/chromium");
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");
  private static final String AXE = resource("/axe.min.js");

  private final List<Visitor> visitors = new ArrayList<>();
  private final Playwright playwright;
  private final Browser browser;

  /** The size of a screen, in CSS pixels. */
  record Viewport(int width, int height) {}

  private BrowserSession() {
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(PROGRAM)
                    .setHeadless(true)
                    .setArgs(
                        List.of(
                            "--no-sandbox",
                            "--disable-gpu",
                            "--disable-quic",
                            "--no-first-run",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--disable-sync")));
  }

  /** Skips the tests, and says so, where there is no Chromium. */
  static BrowserSession start() {
    Assumptions.assumeTrue(Files.isExecutable(PROGRAM), PROGRAM + " is not installed");
    return new BrowserSession();
  }

  Visitor visitor(String language) {
    return visitor(language, ColorScheme.LIGHT, DESKTOP);
  }

  Visitor visitor(String language, ColorScheme scheme, Viewport screen) {
    Visitor visitor =
        new Visitor(
            browser.newContext(
                new Browser.NewContextOptions()
                    .setIgnoreHTTPSErrors(true)
                    .setAcceptDownloads(true)
                    .setLocale(language)
                    .setColorScheme(scheme)
                    .setViewportSize(screen.width(), screen.height())));
    visitors.add(visitor);
    return visitor;
  }

  @Override
  public void close() {
    visitors.forEach(Visitor::close);
    browser.close();
    playwright.close();
  }

  private static String resource(String name) {
    try (InputStream stream = BrowserSession.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new AssertionError("not on the class path: " + name);
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One person at one browser, with one page open. */
  static final class Visitor implements AutoCloseable {
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final BrowserContext context;
    private final Page page;

    private Visitor(BrowserContext context) {
      this.context = context;
      this.page = context.newPage();
      page.onConsoleMessage(
          message -> {
            if (List.of("error", "warning").contains(message.type())) {
              complaints.add(message.type() + ": " + message.text());
            }
          });
      page.onPageError(error -> complaints.add("script: " + error));
      page.onRequest(request -> requests.add(request.url()));
    }

    Page page() {
      return page;
    }

    BrowserContext context() {
      return context;
    }

    /** Goes to an address; gives the status. */
    int open(String url) {
      return page.navigate(url).status();
    }

    /** What the page said on its console and in errors of scripts. */
    List<String> complaints() {
      return List.copyOf(complaints);
    }

    /** The origins that anything was asked of; what is in the page itself does not count. */
    List<String> origins() {
      return requests.stream()
          .filter(url -> !url.startsWith("data:") && !url.startsWith("blob:"))
          .map(url -> URI.create(url).resolve("/").toString())
          .distinct()
          .toList();
    }

    /**
     * Chromium notes an error's status on the console of the page that shows it; nothing else may
     * be there.
     */
    void expectQuiet() {
      assertThat(complaints)
          .filteredOn(text -> !text.contains("Failed to load resource: the server responded"))
          .isEmpty();
    }

    /** Does what starts a download, and waits for its last byte. */
    byte[] download(Runnable start) {
      Download download = page.waitForDownload(start);
      try (InputStream stream = download.createReadStream()) {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Writes a picture of the whole page to {@code target/screenshots}. */
    void screenshot(String name) {
      byte[] unused =
          page.screenshot(
              new Page.ScreenshotOptions()
                  .setPath(SCREENSHOTS.resolve(name + ".png"))
                  .setFullPage(true));
    }

    /** What axe-core finds against WCAG 2.2 A and AA, a line each. */
    List<String> violations() {
      Object loaded = page.evaluate(AXE + "; true");
      Object found =
          page.evaluate(
              "async () => (await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a',"
                  + " 'wcag21aa', 'wcag22aa']})).violations.flatMap(v => v.nodes.map("
                  + "n => v.id + ': ' + n.html + ' ' + n.failureSummary))");
      assertThat(loaded).isEqualTo(true);
      return ((List<?>) found).stream().flatMap(line -> Stream.of(String.valueOf(line))).toList();
    }

    @Override
    public void close() {
      context.close();
    }
  }
}
