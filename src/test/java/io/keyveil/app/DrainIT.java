package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.file.DeliveryPolicy;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process does between SIGTERM and its end. */
class DrainIT {
  private static final int SIZE = 32 << 20;
  private static final String PLAIN = "tls: off, trustedProxies: [127.0.0.1]";

  @TempDir Path folder;
  private GatewayHarness beside;
  private String id;

  @BeforeEach
  void start() {
    beside = GatewayHarness.start(folder);
    id = beside.opaqueFile(new byte[SIZE], "alice", DeliveryPolicy.STREAM);
  }

  @AfterEach
  void stop() {
    beside.close();
  }

  @Test
  void goesOnForTheDelayAndThenLetsDownloadsEnd() throws Exception {
    try (GatewayProcess gateway =
            new GatewayProcess(beside, "one", PLAIN, "delay: 3s, deadline: 1m");
        Socket download = begin(gateway)) {
      gateway.terminate();
      Wait.until("not ready", () -> gateway.ready().contains("stopping"));
      assertThat(RawHttp.ask(gateway.port(), RawHttp.get("/openapi.yaml")))
          .startsWith("HTTP/1.1 200");
      Wait.until(
          "no more requests",
          () -> RawHttp.status(RawHttp.ask(gateway.port(), RawHttp.get("/openapi.yaml"))) != 200);
      assertThat(gateway.ready()).contains("stopping");
      assertThat(download.getInputStream().readAllBytes().length).isGreaterThan(SIZE - 100);
      assertThat(gateway.awaitEnd()).isZero();
      assertThat(gateway.audit()).anyMatch(line -> line.contains("\"outcome\":\"complete\""));
    }
  }

  @Test
  void cutsAtTheDeadlineWhatIsLeft() throws Exception {
    try (GatewayProcess gateway = new GatewayProcess(beside, "two", PLAIN, "deadline: 1s");
        Socket download = begin(gateway)) {
      gateway.terminate();
      assertThat(gateway.awaitEnd()).isZero();
      assertThat(rest(download)).isLessThan(SIZE);
      assertThat(gateway.audit()).anyMatch(line -> line.contains("\"outcome\":\"cut-by-drain\""));
    }
  }

  @Test
  void saysGoawayAndLetsStreamsEnd() throws Exception {
    AtomicBoolean goaway = new AtomicBoolean();
    try (GatewayProcess gateway =
        new GatewayProcess(beside, "three", GatewayProcess.tls(beside), "deadline: 1m")) {
      gateway.awaitReady();
      HttpClientOptions options =
          new HttpClientOptions()
              .setSsl(true)
              .setTrustAll(true)
              .setVerifyHost(false)
              .setUseAlpn(true)
              .setProtocolVersion(HttpVersion.HTTP_2);
      HttpClientAgent client =
          beside.held(
              beside
                  .vertx()
                  .httpClientBuilder()
                  .with(options)
                  .withConnectHandler(made -> made.goAwayHandler(away -> goaway.set(true)))
                  .build());
      Held held =
          client
              .request(
                  new RequestOptions()
                      .setMethod(HttpMethod.GET)
                      .setHost("localhost")
                      .setPort(gateway.port())
                      .setURI("/files/" + id)
                      .putHeader("Authorization", "Bearer " + beside.reader("alice")))
              .compose(request -> request.send().map(DrainIT::hold))
              .await();
      assertThat(held.response().statusCode()).isEqualTo(200);
      gateway.terminate();
      Wait.until("GOAWAY", goaway::get);
      held.response().resume();
      Buffer body = held.body().await();
      assertThat(body.length()).isEqualTo(SIZE);
      assertThat(gateway.awaitEnd()).isZero();
    }
  }

  /** An answer whose body waits, and what it will be. */
  private record Held(HttpClientResponse response, Future<Buffer> body) {}

  private static Held hold(HttpClientResponse response) {
    Future<Buffer> body = response.body();
    response.pause();
    return new Held(response, body);
  }

  /** A download whose client reads no further than the first line. */
  private Socket begin(GatewayProcess gateway) throws IOException {
    gateway.awaitReady();
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port());
    socket.setSoTimeout(30_000);
    String request =
        RawHttp.get("/files/" + id, "Authorization", "Bearer " + beside.reader("alice"));
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
        .isEqualTo("HTTP/1.1 200");
    return socket;
  }

  private static int rest(Socket socket) {
    int count = 0;
    try {
      InputStream from = socket.getInputStream();
      byte[] some = new byte[65536];
      for (int n = from.read(some); n >= 0; n = from.read(some)) {
        count += n;
      }
    } catch (IOException e) {
      return count;
    }
    return count;
  }
}
