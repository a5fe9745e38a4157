package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.options.ColorScheme;
import io.keyveil.app.BrowserSession.Visitor;
import io.keyveil.app.GatewayHarness.Answer;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
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
    try (Elevator elevator = new Elevator(3 << 20);
        Visitor visitor = browser.visitor("en")) {
      String link = elevator.through(link());
      assertThat(visitor.open(link)).isEqualTo(200);
      Download lost =
          visitor.page().waitForDownload(() -> visitor.page().locator("button").click());
      assertThat(lost.failure()).isNotNull();
      assertThat(elevator.broke()).isTrue();
      assertThat(visitor.download(() -> visitor.page().locator("button").click())).isEqualTo(SCAN);
      visitor.expectQuiet();
      assertThat(visitor.origins()).containsExactly(elevator.through("/"));
      expectUsedUp(link);
    }
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

  /** A way to the gateway that is lost once, after so many bytes of one connection. */
  private static final class Elevator implements AutoCloseable {
    private final AtomicBoolean broken = new AtomicBoolean();
    private final NetClient client = gateway.vertx().createNetClient();
    private final NetServer server;
    private final long after;

    Elevator(long after) {
      this.after = after;
      this.server =
          gateway
              .vertx()
              .createNetServer()
              .connectHandler(this::carry)
              .listen(0, "127.0.0.1")
              .await();
    }

    String through(String url) {
      return "https://localhost:" + server.actualPort() + URI.create(url).getPath();
    }

    boolean broke() {
      return broken.get();
    }

    @Override
    public void close() {
      server.close().await();
      client.close().await();
    }

    private void carry(NetSocket near) {
      NetSocket waiting = near.pause();
      var unused =
          client
              .connect(gateway.gateway().port(), "localhost")
              .onSuccess(far -> join(waiting, far))
              .onFailure(failure -> waiting.close());
    }

    private void join(NetSocket near, NetSocket far) {
      AtomicLong carried = new AtomicLong();
      far.handler(
          bytes -> {
            var written = near.write(bytes);
            if (carried.addAndGet(bytes.length()) > after && broken.compareAndSet(false, true)) {
              written.onComplete(done -> near.close());
            } else if (near.writeQueueFull()) {
              NetSocket paused = far.pause();
              var unused = near.drainHandler(drained -> paused.resume());
            }
          });
      near.handler(bytes -> far.write(bytes));
      near.closeHandler(closed -> far.close());
      far.closeHandler(closed -> near.close());
      near.resume();
    }
  }
}
