package io.keyveil.app;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;

/**
 * Debian's Chromium as a person has it, with its own page of downloads and their buttons, driven by
 * the DevTools protocol; Playwright ends a download at its first interruption.
 */
final class Chromium implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/bin/chromium");

  private final Map<Integer, CompletableFuture<JsonObject>> waiting = new ConcurrentHashMap<>();
  private final AtomicInteger calls = new AtomicInteger();
  private final StringBuilder message = new StringBuilder();
  private final Process process;
  private final WebSocket socket;
  private volatile JsonObject progress = new JsonObject();

  private Chromium(Path folder) throws IOException {
    Path profile = folder.resolve("profile");
    process =
        new ProcessBuilder(
                List.of(
                    PROGRAM.toString(),
                    "--headless=new",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--ignore-certificate-errors",
                    "--remote-debugging-port=0",
                    "--user-data-dir=" + profile,
                    "about:blank"))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("chromium.log").toFile())
            .start();
    Path port = profile.resolve("DevToolsActivePort");
    Wait.until("Chromium", () -> lines(port).size() >= 2);
    List<String> where = lines(port);
    socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(URI.create("ws://127.0.0.1:" + where.get(0) + where.get(1)), new Ear())
            .join();
    JsonObject unused =
        call(
            "",
            "Browser.setDownloadBehavior",
            new JsonObject()
                .put("behavior", "allow")
                .put("downloadPath", folder.toString())
                .put("eventsEnabled", true));
  }

  /** Skips the test, and says so, where there is no Chromium. */
  static Chromium start(Path folder) throws IOException {
    Assumptions.assumeTrue(Files.isExecutable(PROGRAM), PROGRAM + " is not installed");
    return new Chromium(folder);
  }

  /** Opens an address in a tab of its own; gives the tab. */
  String open(String url) {
    String target =
        call("", "Target.createTarget", new JsonObject().put("url", url)).getString("targetId");
    return call(
            "",
            "Target.attachToTarget",
            new JsonObject().put("targetId", target).put("flatten", true))
        .getString("sessionId");
  }

  /** The value of an expression in a tab, as text. */
  String evaluate(String tab, String expression) {
    JsonObject result =
        call(
                tab,
                "Runtime.evaluate",
                new JsonObject().put("expression", expression).put("returnByValue", true))
            .getJsonObject("result", new JsonObject());
    return String.valueOf(result.getValue("value"));
  }

  /** Presses what a selector finds, once it is there. */
  void press(String tab, String found) {
    Wait.until(found, () -> "true".equals(evaluate(tab, "!!(" + found + ")")));
    String unused = evaluate(tab, "(" + found + ").click()");
  }

  /** How far the newest download is, as Chromium says. */
  long received() {
    return progress.getLong("receivedBytes", 0L);
  }

  private JsonObject call(String tab, String method, JsonObject parameters) {
    int id = calls.incrementAndGet();
    JsonObject call =
        new JsonObject().put("id", id).put("method", method).put("params", parameters);
    if (!tab.isEmpty()) {
      call.put("sessionId", tab);
    }
    CompletableFuture<JsonObject> answer = new CompletableFuture<>();
    waiting.put(id, answer);
    WebSocket unused = socket.sendText(call.encode(), true).join();
    return answer.orTimeout(30, TimeUnit.SECONDS).join().getJsonObject("result", new JsonObject());
  }

  private static List<String> lines(Path file) {
    try {
      return Files.exists(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      return List.of();
    }
  }

  private void hear(JsonObject said) {
    Integer id = said.getInteger("id");
    if (id != null) {
      Optional.ofNullable(waiting.remove(id)).ifPresent(answer -> answer.complete(said));
    } else if ("Browser.downloadProgress".equals(said.getString("method"))) {
      progress = said.getJsonObject("params");
    }
  }

  @Override
  public void close() {
    socket.abort();
    process.destroy();
    Wait.until("the end of Chromium", () -> !process.isAlive());
  }

  /** Puts messages together. */
  private final class Ear implements WebSocket.Listener {
    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      message.append(data);
      if (last) {
        hear(new JsonObject(message.toString()));
        message.setLength(0);
      }
      from.request(1);
      return CompletableFuture.completedFuture(null);
    }
  }
}
