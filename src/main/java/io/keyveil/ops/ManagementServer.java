package io.keyveil.ops;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The management listener: {@code /livez}, {@code /readyz} and {@code /metrics}. */
public final class ManagementServer {
  private final HttpServer server;
  private final ManagementSettings settings;
  private final Readiness readiness;
  private final Meters meters;
  private final BooleanSupplier draining;

  public ManagementServer(
      Vertx vertx,
      ManagementSettings settings,
      Readiness readiness,
      Meters meters,
      BooleanSupplier draining) {
    this.settings = settings;
    this.readiness = readiness;
    this.meters = meters;
    this.draining = draining;
    this.server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setHttp2ClearTextEnabled(false)
                    .setIdleTimeout(60)
                    .setIdleTimeoutUnit(TimeUnit.SECONDS))
            .requestHandler(router(vertx))
            .invalidRequestHandler(ManagementServer::invalid);
  }

  /** Listens; the port is then known. */
  public Future<Void> start() {
    return server.listen(settings.port(), settings.host()).mapEmpty();
  }

  /** The port it listens on. */
  public int port() {
    return server.actualPort();
  }

  public Future<Void> close() {
    return server.close();
  }

  private Router router(Vertx vertx) {
    Router router = Router.router(vertx);
    router.get("/livez").handler(request -> json(request, 200, new JsonObject().put("live", true)));
    router.get("/readyz").handler(this::ready);
    router.get("/metrics").handler(this::metrics);
    router.route().handler(request -> json(request, 404, new JsonObject().put("error", "unknown")));
    router
        .route()
        .failureHandler(request -> json(request, 500, new JsonObject().put("error", "internal")));
    return router;
  }

  private static void invalid(HttpServerRequest request) {
    var unused = request.response().setStatusCode(400).end();
    var unusedClose = request.connection().close();
  }

  private void ready(RoutingContext request) {
    readiness.ask().onSuccess(answers -> tell(request, answers)).onFailure(request::fail);
  }

  private void tell(RoutingContext request, Map<String, Optional<String>> answers) {
    JsonObject checks = new JsonObject();
    answers.forEach((name, reason) -> checks.put(name, reason.orElse("ok")));
    boolean drains = draining.getAsBoolean();
    if (drains) {
      checks.put("drain", "stopping");
    }
    boolean ready = !drains && answers.values().stream().allMatch(Optional::isEmpty);
    JsonObject body = new JsonObject().put("ready", ready).put("checks", checks);
    readiness.facts().forEach(body::put);
    json(request, ready ? 200 : 503, body);
  }

  private void metrics(RoutingContext request) {
    var unused =
        request
            .response()
            .putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
            .end(meters.scrape());
  }

  private static void json(RoutingContext request, int status, JsonObject body) {
    var unused =
        request
            .response()
            .setStatusCode(status)
            .putHeader("Content-Type", "application/json")
            .putHeader("Cache-Control", "no-store")
            .end(body.encode());
  }
}
