package io.keyveil.http;

import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.NetSocket;

/** A download's request as Vert.x hands it over, and never answered. */
final class HeldRequest implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final HttpServerRequest request;

  HeldRequest() {
    Promise<HttpServerRequest> came = Promise.promise();
    int port =
        vertx
            .createHttpServer()
            .requestHandler(came::tryComplete)
            .listen(0, "127.0.0.1")
            .await()
            .actualPort();
    NetSocket client = vertx.createNetClient().connect(port, "127.0.0.1").await();
    client
        .write(
            String.join(
                "\r\n",
                "GET /files/GEkYrv_ZnsJl-2YGtvKy-g HTTP/1.1",
                "Host: files.example.org",
                "User-Agent: curl/8.5.0",
                "Accept: */*",
                "Authorization: Bearer " + "eyJhbGciOiJSUzI1NiJ9.".repeat(32),
                "",
                ""))
        .await();
    this.request = came.future().await();
  }

  HttpServerRequest request() {
    return request;
  }

  /** The same request, whose answer has no field yet. */
  HttpServerRequest afresh() {
    var unused = request.response().headers().clear();
    return request;
  }

  @Override
  public void close() {
    vertx.close().await();
  }
}
