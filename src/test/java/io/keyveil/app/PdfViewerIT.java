package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Response;
import io.keyveil.app.BrowserSession.Visitor;
import io.keyveil.config.KeyveilSettings;
import io.keyveil.http.CorsSettings;
import io.keyveil.http.WebOrigin;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** pdf.js on a page of another origin, which reads a file by ranges with a bearer token. */
class PdfViewerIT {
  private static final String SCRIPTS = "META-INF/resources/webjars/pdfjs-dist/5.4.624/build/";
  private static final int PAGES = 40;
  private static final String VIEWER =
      """
      <!doctype html>
      <html lang="en"><head><title>Viewer</title><link rel="icon" href="data:,"></head>
      <body><script type="module">
      import * as pdfjs from "/pdf.min.mjs";
      pdfjs.GlobalWorkerOptions.workerSrc = "/pdf.worker.min.mjs";
      window.read = async (url, token, number) => {
        const pdf = await pdfjs.getDocument({
          url, httpHeaders: {Authorization: "Bearer " + token},
          rangeChunkSize: 16384, disableAutoFetch: true, disableStream: true}).promise;
        const page = await pdf.getPage(number);
        const text = await page.getTextContent();
        return {pages: pdf.numPages, first: text.items[0].str};
      };
      </script></body></html>
      """;

  @TempDir static Path folder;
  private static final Vertx VERTX = Vertx.vertx();
  private static BrowserSession browser;
  private static HttpServer portal;
  private static GatewayHarness gateway;

  @BeforeAll
  static void start() {
    browser = BrowserSession.start();
    portal = VERTX.createHttpServer().requestHandler(PdfViewerIT::serve).listen(0).await();
    gateway = GatewayHarness.start(folder, PdfViewerIT::sharedWithThePortal);
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
    if (gateway != null) {
      gateway.close();
    }
    VERTX.close().await();
  }

  private static KeyveilSettings sharedWithThePortal(KeyveilSettings settings) {
    return GatewayHarness.withCors(
        settings,
        new CorsSettings(
            List.of(WebOrigin.parse(origin()).orElseThrow()), CorsSettings.DEFAULTS.maxAge()));
  }

  private static String origin() {
    return "http://127.0.0.1:" + portal.actualPort();
  }

  private static void serve(HttpServerRequest request) {
    String path = String.valueOf(request.path());
    if (path.endsWith(".mjs")) {
      var unused =
          request
              .response()
              .putHeader("Content-Type", "text/javascript")
              .sendFile(SCRIPTS + path.substring(1));
    } else {
      var unused = request.response().putHeader("Content-Type", "text/html").end(VIEWER);
    }
  }

  @Test
  void readsOnePageWithoutTheWholeFile() {
    byte[] pdf = SamplePdf.of(PAGES, 250);
    String id = gateway.file("patients/Jane Doe/report.pdf", pdf, "alice", "auto");
    String url = "https://localhost:" + gateway.gateway().port() + "/files/" + id;
    List<Response> answers = new CopyOnWriteArrayList<>();
    try (Visitor visitor = browser.visitor("en")) {
      visitor.page().onResponse(answers::add);
      int unused = visitor.open(origin() + "/");
      visitor.page().waitForFunction("() => window.read");
      Object read =
          visitor
              .page()
              .evaluate(
                  "([url, token, number]) => window.read(url, token, number)",
                  List.of(url, gateway.reader("alice"), 23));
      assertThat(read).isEqualTo(Map.of("pages", PAGES, "first", "Page 23."));
      visitor.expectQuiet();
    }
    List<Response> parts =
        answers.stream()
            .filter(answer -> answer.url().equals(url) && answer.status() == 206)
            .toList();
    assertThat(parts).hasSizeGreaterThan(1);
    assertThat(parts.stream().mapToLong(PdfViewerIT::length).sum()).isBetween(1L, pdf.length / 2L);
    assertThat(pdf.length).isGreaterThan(400_000);
    assertThat(gateway.management("/metrics").body().toString())
        .containsPattern("keyveil_http_requests.*route=\"/files/.*status=\"206\"");
  }

  private static long length(Response answer) {
    return Long.parseLong(answer.headers().getOrDefault("content-length", "0"));
  }
}
