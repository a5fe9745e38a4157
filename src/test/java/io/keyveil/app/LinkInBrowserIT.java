package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.options.ColorScheme;
import io.keyveil.app.BrowserSession.Visitor;
import io.keyveil.app.GatewayHarness.Answer;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A one-time link in a browser, by a network that breaks. */
class LinkInBrowserIT {
  private static final byte[] SCAN = random(8 << 20);

  @TempDir static Path folder;
  private static BrowserSession browser;
  private static GatewayHarness gateway;
  private static String file;

  @BeforeAll
  static void start() {
    browser = BrowserSession.start();
    gateway = GatewayHarness.start(folder);
    file = gateway.file("patients/Jane Doe/scan.bin", SCAN, "alice", "auto");
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
    if (gateway != null) {
      gateway.close();
    }
  }

  /** What the page says to do when the network is lost: press the button once more. */
  @Test
  void isGoodForAnotherPressOfTheButtonWhereTheNetworkIsLost() {
    try (CuttingProxy network =
            CuttingProxy.before(gateway.vertx(), gateway.gateway().port(), 3 << 20);
        Visitor visitor = browser.visitor("en")) {
      String link = through(network, link());
      assertThat(visitor.open(link)).isEqualTo(200);
      Download lost =
          visitor.page().waitForDownload(() -> visitor.page().locator("button").click());
      assertThat(lost.failure()).isNotNull();
      assertThat(network.broke()).isTrue();
      assertThat(visitor.download(() -> visitor.page().locator("button").click())).isEqualTo(SCAN);
      visitor.expectQuiet();
      assertThat(visitor.origins()).containsExactly(through(network, "/"));
      expectUsedUp(link);
    }
  }

  private static String through(CuttingProxy network, String url) {
    return "https://localhost:" + network.port() + URI.create(url).getPath();
  }

  private static void expectUsedUp(String link) {
    try (Visitor other = browser.visitor("de", ColorScheme.DARK, BrowserSession.PHONE)) {
      assertThat(other.open(link)).isEqualTo(410);
      assertThat(other.page().locator("h1").innerText())
          .isEqualTo("Dieser Link wurde bereits benutzt");
      assertThat(other.page().content()).doesNotContain(file, "Jane", "alice");
    }
  }

  private static String link() {
    Answer minted =
        gateway.send(
            HttpMethod.POST,
            "/api/v1/files/" + file + "/links",
            Optional.of(gateway.operator()),
            Buffer.buffer(
                "{\"expiresIn\": \"10m\", \"maxDownloads\": 1, \"landing\": true,"
                    + " \"onBehalfOf\": \"alice\"}"),
            "Content-Type",
            "application/json");
    assertThat(minted.status()).isEqualTo(201);
    return minted.body().toJsonObject().getString("url");
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(5).nextBytes(bytes);
    return bytes;
  }
}
