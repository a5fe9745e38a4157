package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.app.GatewayHarness.Answer;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Chromium's own pause and resume finish a one-time link. */
class PausedDownloadIT {
  private static final String ITEM =
      "document.querySelector('downloads-manager')?.shadowRoot.querySelector('downloads-item')"
          + "?.shadowRoot";
  private static final String BUTTON = ITEM + "?.querySelector('#pause-or-resume')";
  private static final byte[] CONTENT = content();

  @TempDir static Path folder;
  @TempDir Path profile;
  private static GatewayHarness gateway;
  private static String file;

  @BeforeAll
  static void start() {
    gateway = GatewayHarness.start(folder);
    file = gateway.file("patients/Jane Doe.bin", CONTENT, "alice", "stream");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static byte[] content() {
    byte[] content = new byte[24 << 20];
    new Random(3).nextBytes(content);
    return content;
  }

  private static String link(boolean landing) {
    Answer minted =
        gateway.send(
            HttpMethod.POST,
            "/api/v1/files/" + file + "/links",
            Optional.of(gateway.operator()),
            Buffer.buffer("{\"maxDownloads\": 1, \"landing\": " + landing + "}"),
            "Content-Type",
            "application/json");
    assertThat(minted.status()).isEqualTo(201);
    return URI.create(minted.body().toJsonObject().getString("url")).getPath();
  }

  @Test
  void goesOnWhereItWasPausedThoughTheNetworkWasLostMeanwhile() throws IOException {
    pauseAndGoOn(true);
    pauseAndGoOn(false);
  }

  private void pauseAndGoOn(boolean landing) throws IOException {
    String link = link(landing);
    Path own = Files.createDirectories(profile.resolve("landing-" + landing));
    Path whole = own.resolve("scan.bin");
    try (CuttingProxy network =
            CuttingProxy.holding(gateway.vertx(), gateway.gateway().port(), 3 << 20);
        Chromium chromium = Chromium.start(own)) {
      String tab = chromium.open("https://localhost:" + network.port() + link);
      if (landing) {
        chromium.press(tab, "document.querySelector('button')");
      }
      Wait.until("the middle", () -> network.broke() && chromium.received() > 1 << 20);
      String downloads = chromium.open("chrome://downloads");
      pressWhenItSays(chromium, downloads, "Pause");
      network.cut();
      pressWhenItSays(chromium, downloads, "Resume");
      // It gets its name when it is whole. The loss shows when it goes on; then a person presses
      // once more.
      Wait.until(
          "the end",
          () -> {
            if (says(chromium, downloads, "Resume")) {
              chromium.press(downloads, BUTTON);
            }
            return whole.toFile().length() == CONTENT.length;
          });
      assertThat(Files.readAllBytes(whole)).isEqualTo(CONTENT);
    }
    List<JsonObject> ranges =
        gateway.audit().stream()
            .map(JsonObject::new)
            .filter(record -> "intent".equals(record.getString("kind")))
            .filter(record -> record.getString("range", "").endsWith("-" + (CONTENT.length - 1)))
            .toList();
    assertThat(ranges).as("what was resumed").isNotEmpty();
    assertThat(
            gateway
                .send(
                    HttpMethod.GET,
                    link,
                    Optional.empty(),
                    Buffer.buffer(),
                    "User-Agent",
                    "a second person's")
                .status())
        .isEqualTo(410);
  }

  private static void pressWhenItSays(Chromium chromium, String downloads, String word) {
    Wait.until(word, () -> says(chromium, downloads, word));
    chromium.press(downloads, BUTTON);
  }

  private static boolean says(Chromium chromium, String downloads, String word) {
    return chromium
        .evaluate(downloads, BUTTON + "?.hidden + ' ' + " + BUTTON + "?.innerText.trim()")
        .equals("false " + word);
  }
}
