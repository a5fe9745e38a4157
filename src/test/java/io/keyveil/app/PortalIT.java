package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Cookie;
import com.microsoft.playwright.options.FormData;
import com.microsoft.playwright.options.RequestOptions;
import com.microsoft.playwright.options.SameSiteAttribute;
import io.keyveil.app.BrowserSession.Visitor;
import io.keyveil.app.ServeCommand.Running;
import io.keyveil.config.ConfigReader;
import io.keyveil.config.KeyveilSettings;
import io.keyveil.demo.SampleFile;
import io.keyveil.demo.portal.Portal;
import io.keyveil.file.FileRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Alice and Bob do in the demo's portal. */
class PortalIT {
  @TempDir static Path folder;
  private static BrowserSession browser;
  private static DemoHouse house;
  private static Running running;
  private static DemoFiles files;
  private static Portal portal;
  private static KeyveilSettings settings;
  private static DemoTokens tokens;

  @BeforeAll
  static void start() throws IOException {
    browser = BrowserSession.start();
    house = DemoHouse.build(folder.toRealPath(), 0);
    settings = ConfigReader.read(house.config(), Map.of());
    running = Running.start(settings, ServeCommand.vertx());
    files = DemoFiles.register(house, running.gateway());
    tokens = new DemoTokens(house);
    portal = DemoPortal.start(running, house, settings, files, tokens, 0);
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
    if (running != null) {
      running.close(house::close);
    }
  }

  private static void signIn(Visitor visitor, String name) {
    assertThat(visitor.open(portal.url() + "/")).isEqualTo(200);
    visitor.page().getByText("Sign in as " + name).click();
    assertThat(visitor.page().locator("h1").innerText()).isEqualTo("Your documents");
  }

  @Test
  void showsEachPersonTheirOwnDocuments() {
    try (Visitor alice = browser.visitor("en");
        Visitor bob = browser.visitor("de")) {
      signIn(alice, "Alice");
      assertThat(alice.page().locator(".list a").allInnerTexts())
          .containsExactly(
              "MRI March.pdf",
              "Discharge letter.txt",
              "sample.bam",
              "CT scan.dcm",
              "Lab report.csv",
              "Blood test April.pdf");
      signIn(bob, "Bob");
      assertThat(bob.page().locator(".list a").allInnerTexts())
          .containsExactly("Vaccination record.pdf");
      assertThat(bob.open(portal.url() + "/documents/mri")).isEqualTo(404);
      assertThat(bob.page().locator("h1").innerText())
          .isEqualTo("Wir haben diese Datei nicht gefunden");
      alice.expectQuiet();
      bob.expectQuiet();
    }
  }

  @Test
  void tellsWhatWasRecordedWithoutAnId() {
    try (Visitor alice = browser.visitor("en")) {
      signIn(alice, "Alice");
      alice.page().getByText("Discharge letter.txt").click();
      assertThat(alice.page().content()).contains("Nobody has opened it yet.");
      FileRecord letter = files.get("letter");
      for (String who : List.of("alice", "bob")) {
        APIResponse unused =
            alice
                .context()
                .request()
                .get(
                    settings.listen().publicUrl() + "/files/" + letter.id(),
                    RequestOptions.create()
                        .setHeader("Authorization", "Bearer " + tokens.all().get(who)));
      }
      Object unused = alice.page().reload();
      assertThat(alice.page().locator("ol li").allInnerTexts())
          .anyMatch(line -> line.contains("You: opened it (allowed)"))
          .anyMatch(line -> line.contains("You: received all of it (" + letter.size() + " bytes)"))
          .anyMatch(line -> line.contains("Somebody else: wanted to open it (refused)"));
      assertThat(alice.page().content()).doesNotContain(letter.id().text(), "Jane Doe");
      alice.expectQuiet();
      assertThat(alice.origins()).containsExactly(portal.url() + "/");
    }
  }

  @Test
  void opensADocumentInPlace() {
    try (Visitor bob = browser.visitor("en")) {
      signIn(bob, "Bob");
      bob.page().getByText("Vaccination record.pdf").click();
      Response answer =
          bob.page()
              .waitForResponse(
                  response -> response.url().contains("/links/") && response.status() == 200,
                  () -> bob.page().getByText("Open", exactly()).click());
      assertThat(answer.headers())
          .containsEntry("content-type", "application/pdf")
          .hasEntrySatisfying(
              "content-disposition", value -> assertThat(value).startsWith("inline"));
      bob.page().waitForURL(settings.listen().publicUrl() + "/links/**");
    }
  }

  @Test
  void downloadsADocument() {
    try (Visitor alice = browser.visitor("en")) {
      signIn(alice, "Alice");
      for (String label : List.of("mri", "scan")) {
        int unused = alice.open(portal.url() + "/documents/" + label);
        byte[] got = alice.download(() -> alice.page().getByText("Download", exactly()).click());
        assertThat(DemoFiles.sha256(got)).isEqualTo(sha256(label));
      }
      alice.expectQuiet();
    }
  }

  @Test
  void sharesADocumentOnce() {
    try (Visitor alice = browser.visitor("en");
        Visitor doctor = browser.visitor("fr", ColorScheme.LIGHT, BrowserSession.PHONE);
        Visitor stranger = browser.visitor("es", ColorScheme.DARK, BrowserSession.PHONE)) {
      signIn(alice, "Alice");
      alice.page().getByText("CT scan.dcm").click();
      alice.page().getByText("Make a link").click();
      String link = alice.page().locator("#shared").innerText();
      assertThat(alice.violations()).isEmpty();
      alice.screenshot("portal-shared");
      Object reloaded = alice.page().reload();
      assertThat(alice.page().locator("#shared").count()).as("after " + reloaded).isZero();

      assertThat(doctor.open(link)).isEqualTo(200);
      assertThat(doctor.page().locator("h1").innerText()).isEqualTo("Votre fichier est prêt");
      doctor.screenshot("portal-landing");
      byte[] got = doctor.download(() -> doctor.page().locator("button").click());
      assertThat(DemoFiles.sha256(got)).isEqualTo(sha256("scan"));
      doctor.expectQuiet();

      assertThat(stranger.open(link)).isIn(410, 503);
      assertThat(stranger.page().locator("h1").innerText())
          .isIn("Este enlace ya se ha utilizado", "Este enlace se está utilizando ahora");
      stranger.screenshot("portal-used-up");

      Object again = alice.page().reload();
      assertThat(alice.page().locator("ol li").allInnerTexts())
          .as("after " + again)
          .noneMatch(line -> line.contains("changed how"))
          .filteredOn(line -> line.contains("The clinic: made a link to it"))
          .hasSizeBetween(1, 2);
      assertThat(alice.page().locator("ol li").allInnerTexts())
          .anyMatch(line -> line.contains("By a link in your name: "));
      alice.expectQuiet();
    }
  }

  private static Page.GetByTextOptions exactly() {
    return new Page.GetByTextOptions().setExact(true);
  }

  private static String sha256(String label) {
    return SampleFile.all().stream()
        .filter(sample -> sample.label().equals(label))
        .map(sample -> DemoFiles.sha256(sample.content()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void obeysNoFormFromElsewhere() {
    try (Visitor visitor = browser.visitor("en")) {
      int unused = visitor.open(portal.url() + "/");
      for (String csrf : List.of("", "guess")) {
        APIResponse answer =
            visitor
                .context()
                .request()
                .post(
                    portal.url() + "/sign-in",
                    RequestOptions.create()
                        .setForm(FormData.create().set("person", "alice").set("csrf", csrf)));
        assertThat(answer.status()).isEqualTo(403);
      }
      assertThat(visitor.open(portal.url() + "/documents/mri")).isEqualTo(200);
      assertThat(visitor.page().locator("h1").innerText()).isEqualTo("Welcome");
    }
  }

  @Test
  void keepsTheSessionFromScriptsAndOtherSites() {
    try (Visitor visitor = browser.visitor("en")) {
      int unused = visitor.open(portal.url() + "/");
      List<Cookie> before = visitor.context().cookies();
      signIn(visitor, "Bob");
      List<Cookie> after = visitor.context().cookies();
      assertThat(after).hasSize(1);
      assertThat(after.get(0).value).isNotEqualTo(before.get(0).value);
      assertThat(after.get(0).name).isEqualTo("__Host-portal");
      assertThat(after.get(0).httpOnly && after.get(0).secure).isTrue();
      assertThat(after.get(0).sameSite).isEqualTo(SameSiteAttribute.STRICT);
      visitor.page().getByText("Sign out").click();
      assertThat(visitor.page().locator("h1").innerText()).isEqualTo("Welcome");
    }
  }

  @Test
  void canBeReadByEverybody() {
    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      String look = scheme.name().toLowerCase(Locale.ROOT);
      try (Visitor visitor = browser.visitor("en", scheme, BrowserSession.PHONE)) {
        int unused = visitor.open(portal.url() + "/");
        expectReadable(visitor, "portal-sign-in-" + look);
        signIn(visitor, "Alice");
        expectReadable(visitor, "portal-documents-" + look);
        visitor.page().getByText("Blood test April.pdf").click();
        expectReadable(visitor, "portal-document-" + look);
      }
    }
  }

  private static void expectReadable(Visitor visitor, String name) {
    assertThat(visitor.violations()).as(name).isEmpty();
    visitor.screenshot(name);
  }
}
