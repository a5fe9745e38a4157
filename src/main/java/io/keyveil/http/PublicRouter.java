package io.keyveil.http;

import io.keyveil.delivery.TraceParent;
import io.keyveil.file.FileId;
import io.keyveil.ops.Meters;
import io.netty.handler.codec.http2.Http2Exception;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.StreamResetException;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The routes, and what every request meets before and after them: an ID, the guard, the drain, the
 * rate of its address, a count. Each path says which methods it has, and refuses the others.
 */
final class PublicRouter {
  private static final Logger LOG = LoggerFactory.getLogger(PublicRouter.class);

  private static final String DOWNLOADS = "/files/";
  private static final Set<HttpMethod> METHODS = Set.copyOf(HttpMethod.values());

  private final Set<String> operations = new TreeSet<>();
  private final List<String> shared = new ArrayList<>();
  private final String prefix;
  private final String downloads;
  private final Router router;
  private final Answers answers;
  private final Cors cors;
  private final RateGate rates;
  private final IdleConnections idle;
  private final Meters meters;
  private final InstantSource clock;
  private final BooleanSupplier draining;

  /**
   * @param prefix what the paths of requests begin with; of the routes' own, and of what is counted
   *     and written down, it is no part
   */
  PublicRouter(
      Vertx vertx,
      String prefix,
      Answers answers,
      Cors cors,
      RateGate rates,
      IdleConnections idle,
      Meters meters,
      InstantSource clock,
      BooleanSupplier draining) {
    this.prefix = prefix;
    this.downloads = prefix + DOWNLOADS;
    this.rates = rates;
    this.idle = idle;
    this.router = Router.router(vertx);
    this.answers = answers;
    this.cors = cors;
    this.meters = meters;
    this.clock = clock;
    this.draining = draining;
    router.route().handler(this::enter);
    router.route().failureHandler(this::fail);
  }

  /** A path under construction. */
  final class Path {
    private final String path;
    private final List<String> methods = new ArrayList<>();

    private Path(String path) {
      this.path = path;
    }

    Path on(Handler<RoutingContext> handler, HttpMethod... served) {
      return on(Optional.empty(), handler, served);
    }

    /** The same for requests with a body of at most so many bytes. */
    Path withBody(long limit, Handler<RoutingContext> handler, HttpMethod... served) {
      return on(Optional.of(BodyHandler.create(false).setBodyLimit(limit)), handler, served);
    }

    private Path on(
        Optional<BodyHandler> body, Handler<RoutingContext> handler, HttpMethod... served) {
      if (body.isPresent()) {
        // A route of its own: Vert.x lets no handler of ours go before its own in one.
        for (HttpMethod method : served) {
          var unused = router.route(method, prefix + path).handler(PublicRouter.this::awaitBody);
        }
      }
      Route route = router.route(prefix + path);
      for (HttpMethod method : served) {
        route = route.method(method);
        methods.add(method.name());
        operations.add(method.name() + " " + path.replaceAll(":(\\w+)", "{$1}"));
      }
      if (body.isPresent()) {
        route = route.handler(body.get());
      }
      var unused = route.handler(context -> name(context, path)).handler(handler);
      return this;
    }

    /** Lets pages of other origins, those that are listed, read its answers. */
    Path shared() {
      shared.add(prefix + path.substring(0, path.indexOf(':')));
      var unused =
          router
              .options(prefix + path)
              .handler(
                  context -> {
                    if (Cors.grants(context.request())) {
                      context.put("route", path);
                      cors.grant(context.request());
                    } else {
                      context.next();
                    }
                  });
      return this;
    }

    void orRefuse() {
      String allow = String.join(", ", methods);
      router
          .route(prefix + path)
          .handler(
              context -> {
                context.put("route", path);
                answers.problem(context.request(), Problem.methodNotAllowed(allow));
              });
    }
  }

  /** Begins a path; end it with {@link Path#orRefuse}. */
  Path path(String path) {
    return new Path(path);
  }

  /** Every route as {@code METHOD /path/{parameter}}, as the contract writes it. */
  Set<String> operations() {
    return operations;
  }

  /**
   * Closes the list of routes. Downloads by well-formed IDs, which are nearly all there is, go
   * straight to their route; whatever else there may be in a path is the router's to make sense of.
   */
  Handler<HttpServerRequest> done(DownloadRoute downloads) {
    router.route().handler(context -> answers.problem(context.request(), Problem.NOT_FOUND));
    return request -> {
      if (!idle.isCondemned(request.connection())) {
        plainDownload(request)
            .ifPresentOrElse(id -> serve(downloads, request, id), () -> router.handle(request));
      }
    };
  }

  private Optional<FileId> plainDownload(HttpServerRequest request) {
    String path = request.path();
    boolean read =
        HttpMethod.GET.equals(request.method()) || HttpMethod.HEAD.equals(request.method());
    return read && path != null && path.startsWith(downloads)
        ? FileId.parse(path.substring(downloads.length()))
        : Optional.empty();
  }

  private void serve(DownloadRoute downloads, HttpServerRequest request, FileId id) {
    Exchange exchange = new DirectExchange(request, this::failed);
    try {
      answers.prepare(request);
      cors.open(request);
      watch(exchange, () -> DownloadRoute.PATH);
      if (admits(request)) {
        downloads.serve(exchange, Optional.of(id));
      }
    } catch (RuntimeException e) {
      exchange.fail(e);
    }
  }

  /** What Netty could not read (RFC 9112 sections 2.2 and 3, RFC 6585 section 5). */
  void invalid(HttpServerRequest request) {
    if (idle.isCondemned(request.connection())) {
      return;
    }
    answers.prepare(request);
    Throwable cause = request.decoderResult() == null ? null : request.decoderResult().cause();
    String kind = cause == null ? "" : cause.getClass().getSimpleName();
    refuse(
        request,
        switch (kind) {
          case "TooLongHttpHeaderException" ->
              Problem.of(431, "headers-too-large", "Headers too large", "Send fewer or shorter.");
          case "TooLongHttpLineException" ->
              Problem.of(414, "uri-too-long", "Address too long", "Send a shorter one.");
          default -> Problem.invalidRequest("The request is not well-formed HTTP.");
        });
  }

  private void enter(RoutingContext context) {
    answers.prepare(context.request());
    if (isShared(context)) {
      cors.open(context.request());
    }
    watch(
        new RoutedExchange(context),
        () -> Optional.ofNullable(context.<String>get("route")).orElse("none"));
    if (admits(context.request())) {
      context.next();
    }
  }

  /**
   * Answers with a problem and closes the connection. What has been read behind the request already
   * would be the next one as soon as this answer is written, so nothing more is listened to.
   */
  private void refuse(HttpServerRequest request, Problem problem) {
    if (request.version() != HttpVersion.HTTP_2) {
      idle.condemn(request.connection());
    }
    answers.problemAndClose(request, problem);
  }

  /** By the path that the router goes by, which it cannot tell of every text. */
  private boolean isShared(RoutingContext context) {
    String path = context.request().path();
    return path != null
        && path.startsWith("/")
        && RequestGuard.isSoundTarget(path)
        && shared.stream().anyMatch(context.normalizedPath()::startsWith);
  }

  /** Whether the request may go on; if not, it is answered. */
  private boolean admits(HttpServerRequest request) {
    Optional<Problem> objection = RequestGuard.objection(request);
    if (objection.isPresent()) {
      rates.unsound(request);
      refuse(request, objection.get());
    } else if (draining.getAsBoolean()) {
      refuse(request, Problem.unavailable("The gateway is stopping."));
    } else {
      return within(request);
    }
    return false;
  }

  /** The connection stays: the next would only cost another handshake. */
  private boolean within(HttpServerRequest request) {
    Optional<Problem> excess = rates.entering(request);
    excess.ifPresent(problem -> answers.problem(request, problem));
    return excess.isEmpty();
  }

  private void watch(Exchange exchange, Supplier<String> route) {
    HttpServerRequest request = exchange.request();
    long began = clock.millis();
    idle.busy(request.connection());
    long asked = meters.now();
    String method = METHODS.contains(request.method()) ? request.method().name() : "?";
    exchange.atHead(() -> meters.firstByte(route.get(), request.response().getStatusCode(), asked));
    exchange.atEnd(
        () -> {
          idle.done(request.connection());
          meters.answered(
              route.get(),
              method,
              request.response().getStatusCode(),
              Duration.ofMillis(clock.millis() - began));
        });
  }

  /** Nothing else ends a request whose body does not come: its connection counts as busy. */
  private void awaitBody(RoutingContext context) {
    HttpServerRequest request = context.request();
    if (!request.isEnded()) {
      long timer = idle.afterPatience(request.response()::reset);
      var unused = request.end().onComplete(ended -> idle.cancel(timer));
    }
    context.next();
  }

  private static void name(RoutingContext context, String path) {
    context.put("route", path);
    context.next();
  }

  private void fail(RoutingContext context) {
    HttpServerRequest request = context.request();
    if (left(context.failure())) {
      return;
    }
    if (!request.response().headers().contains(Answers.REQUEST_ID)) {
      // The router itself refused it, before the first route.
      answers.prepare(request);
    }
    int status = context.statusCode();
    if (status == 413) {
      refuse(request, Problem.BODY_TOO_LARGE);
    } else if (!request.isEnded()) {
      // Nothing of ours runs before a body is there: it broke while it was read.
      refuse(request, Problem.invalidRequest("The body is not well-formed HTTP."));
    } else if (status == 400 || !hasPath(request)) {
      refuse(request, Problem.invalidRequest("The address is not well-formed."));
    } else {
      internal(request, context.failure());
    }
  }

  /** The same for a request that did not come through the router. */
  private void failed(HttpServerRequest request, Throwable failure) {
    if (!left(failure)) {
      internal(request, failure);
    }
  }

  /** Whether the client went in the middle of its body or broke it, which is no fault of ours. */
  private static boolean left(@Nullable Throwable failure) {
    return failure instanceof HttpClosedException
        || failure instanceof StreamResetException
        || failure instanceof Http2Exception;
  }

  /** The router stumbles over targets without a path, such as that of CONNECT. */
  private static boolean hasPath(HttpServerRequest request) {
    String path = request.path();
    return path != null && path.startsWith("/");
  }

  private void internal(HttpServerRequest request, @Nullable Throwable failure) {
    TraceParent.told(
            LOG.atError().setCause(failure).addKeyValue("request", Answers.requestId(request)),
            Answers.passedOn(request))
        .log("internal error");
    meters.alarm("internal");
    if (request.response().headWritten()) {
      var unused = request.response().reset();
    } else {
      answers.problem(request, Problem.INTERNAL);
    }
  }
}
