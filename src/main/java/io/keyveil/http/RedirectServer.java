package io.keyveil.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The plain listener that leads browsers to {@code publicUrl}, and does nothing else: it repeats
 * nothing of a request but its target, and that in {@code Location} alone. Whoever has just sent a
 * token in clear is told so, and not led on, lest nobody notice.
 */
public final class RedirectServer {
  /** How long a client may take, in seconds. */
  private static final int IDLE = 10;

  private final HttpServer server;
  private final ListenSettings listen;
  private final String origin;

  public RedirectServer(Vertx vertx, ListenSettings listen) {
    URI url = listen.publicUrl();
    this.listen = listen;
    this.origin = url.getScheme() + "://" + url.getRawAuthority();
    this.server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setHttp2ClearTextEnabled(false)
                    .setIdleTimeout(IDLE)
                    .setIdleTimeoutUnit(TimeUnit.SECONDS))
            .requestHandler(this::answer)
            .invalidRequestHandler(request -> close(request, 400));
  }

  /** Listens. */
  public Future<Void> start() {
    return server.listen(listen.redirectPort(), listen.host()).mapEmpty();
  }

  public Future<Void> close() {
    return server.close();
  }

  private void answer(HttpServerRequest request) {
    boolean reads =
        HttpMethod.GET.equals(request.method()) || HttpMethod.HEAD.equals(request.method());
    if (!reads
        || RequestGuard.objection(request).isPresent()
        || !request.uri().startsWith("/")
        || request.headers().contains(HttpHeaders.AUTHORIZATION)) {
      close(request, 400);
    } else if (!isOurs(request)) {
      close(request, 421);
    } else {
      request.response().putHeader(HttpHeaders.LOCATION, origin + request.uri());
      close(request, 308);
    }
  }

  private boolean isOurs(HttpServerRequest request) {
    List<String> hosts = request.headers().getAll(HttpHeaders.HOST);
    return hosts.size() == 1
        && hosts.get(0).replaceFirst(":\\d+$", "").equalsIgnoreCase(listen.publicUrl().getHost());
  }

  /** Each answer ends its connection: nobody has business here twice. */
  private static void close(HttpServerRequest request, int status) {
    HttpServerResponse response = request.response();
    if (response.ended()) {
      return;
    }
    var unused =
        response
            .setStatusCode(status)
            .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE)
            .putHeader("Cache-Control", "no-store")
            .putHeader("Referrer-Policy", "no-referrer")
            .putHeader(HttpHeaders.CONTENT_LENGTH, "0")
            .end()
            .onComplete(sent -> request.connection().close());
  }
}
