package io.keyveil.http;

import io.keyveil.file.Await;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/** A server on the loopback that answers text about each request, asked byte by byte. */
final class RawServer implements AutoCloseable {
  private static final int PATIENCE = 30_000;

  private final Vertx vertx = Vertx.vertx();
  private final HttpServer server;

  RawServer(Function<HttpServerRequest, String> answer) {
    this.server =
        Await.get(
            vertx
                .createHttpServer()
                .requestHandler(
                    request -> {
                      var unused =
                          request
                              .response()
                              .putHeader("Connection", "close")
                              .end(answer.apply(request));
                    })
                .listen(0, "127.0.0.1"));
  }

  /** The body of the answer to these very bytes, which end with the empty line. */
  String ask(String... lines) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.actualPort())) {
      socket.setSoTimeout(PATIENCE);
      String request = String.join("\r\n", lines) + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.shutdownOutput();
      String answer =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    Await.get(vertx.close());
  }
}
