package io.keyveil.access;

import static io.keyveil.access.JwtVerifierTest.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SelfSignedCertificate;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class HttpKeySourceTest {
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = vertx.createHttpClient();
  private final AtomicInteger requests = new AtomicInteger();
  private HttpServer server;

  @BeforeEach
  void start() {
    server = await(vertx.createHttpServer().requestHandler(this::answer).listen(0, "127.0.0.1"));
  }

  @AfterEach
  void stop() {
    await(vertx.close());
  }

  private void answer(HttpServerRequest request) {
    requests.incrementAndGet();
    switch (request.uri()) {
      case "/good" -> end(request, Buffer.buffer("{}"));
      case "/largest" -> end(request, Buffer.buffer(new byte[JwkSet.MAX_BYTES]));
      case "/large" -> end(request, Buffer.buffer(new byte[JwkSet.MAX_BYTES + 1]));
      case "/endless" -> {
        request.response().setChunked(true);
        var unused = request.response().write(Buffer.buffer(new byte[JwkSet.MAX_BYTES + 1]));
      }
      case "/moved" -> {
        request.response().setStatusCode(302).putHeader("Location", "/good");
        end(request, Buffer.buffer());
      }
      case "/cut" -> {
        request.response().putHeader("Content-Length", "100");
        var unused = request.response().write("{").compose(sent -> request.connection().close());
      }
      default -> {
        request.response().setStatusCode(503);
        end(request, Buffer.buffer());
      }
    }
  }

  private static void end(HttpServerRequest request, Buffer body) {
    var unused = request.response().end(body);
  }

  @Test
  void readsTheSet() {
    assertThat(await(source("/good").read())).hasToString("{}");
    assertThat(await(source("/largest").read()).length()).isEqualTo(JwkSet.MAX_BYTES);
  }

  @Test
  void followsNoRedirect() {
    assertThatThrownBy(() -> await(source("/moved").read())).hasMessage("status 302");
    assertThat(requests).hasValue(1);
  }

  @Test
  void takesNothingButSuccess() {
    assertThatThrownBy(() -> await(source("/busy").read())).hasMessage("status 503");
  }

  @Test
  void stopsReadingWhatIsTooLarge() {
    assertThatThrownBy(() -> await(source("/large").read()))
        .hasMessage("the answer is larger than 256 KiB");
    assertThatThrownBy(() -> await(source("/endless").read()))
        .hasMessage("the answer is larger than 256 KiB");
  }

  @Test
  void failsOnACutAnswer() {
    assertThatThrownBy(() -> await(source("/cut").read())).hasMessageContaining("closed");
  }

  @Test
  void failsWhereNobodyListens() {
    int port = server.actualPort();
    await(server.close());
    assertThatThrownBy(
            () -> await(new HttpKeySource(client, "http://127.0.0.1:" + port + "/").read()))
        .hasMessageContaining("Connection refused");
  }

  private HttpKeySource source(String path) {
    return new HttpKeySource(client, "http://127.0.0.1:" + server.actualPort() + path);
  }

  @Test
  @SuppressWarnings("removal") // Vert.x has no other maker of certificates yet.
  void trustsNoCertificateThatNobodySigned() {
    HttpServerOptions tls =
        new HttpServerOptions()
            .setSsl(true)
            .setKeyCertOptions(SelfSignedCertificate.create("localhost").keyCertOptions());
    HttpServer secure =
        await(vertx.createHttpServer(tls).requestHandler(this::answer).listen(0, "127.0.0.1"));
    HttpKeySource source =
        new HttpKeySource(client, "https://localhost:" + secure.actualPort() + "/good");
    assertThatThrownBy(() -> await(source.read()))
        .isInstanceOf(SSLHandshakeException.class)
        .hasStackTraceContaining("unable to find valid certification path");
    assertThat(requests).hasValue(0);
  }
}
