package io.keyveil.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.delivery.TraceParent;
import io.keyveil.page.Landing;
import io.keyveil.page.Pages;
import io.keyveil.page.RenderedPage;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Writes answers that are not files, with the header fields that every answer has. */
final class Answers {
  static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("x-request-id");
  private static final int ID_BYTES = 12;

  /** What every answer has besides its ID. */
  private final Map<CharSequence, CharSequence> always = new LinkedHashMap<>();

  private final SecureRandom random;
  private final Pages pages;
  private final String publicPath;

  Answers(SecureRandom random, ListenSettings listen, Pages pages) {
    this.random = random;
    this.publicPath = listen.publicPath();
    this.pages = pages;
    always("x-content-type-options", "nosniff");
    always("referrer-policy", "no-referrer");
    always("cache-control", "private, no-store");
    always("vary", "Authorization, Origin");
    always("content-security-policy", "default-src 'none'; sandbox");
    if ("https".equals(listen.publicUrl().getScheme())) {
      always("strict-transport-security", "max-age=31536000");
    }
  }

  private void always(String name, String value) {
    always.put(HttpHeaders.createOptimized(name), HttpHeaders.createOptimized(value));
  }

  /** Gives the request its ID, and the answer the fields that every answer has. */
  void prepare(HttpServerRequest request) {
    byte[] bits = new byte[ID_BYTES];
    random.nextBytes(bits);
    MultiMap fields = request.response().headers();
    fields.set(REQUEST_ID, HexFormat.of().formatHex(bits));
    always.forEach(fields::set);
  }

  /** Says where what was asked for is now, by its path behind {@code publicUrl}. */
  void location(HttpServerRequest request, String path) {
    request.response().putHeader("Location", publicPath + path);
  }

  static String requestId(HttpServerRequest request) {
    String id = request.response().headers().get(REQUEST_ID);
    return id == null ? "none" : id;
  }

  /** What to write down, and to tell S3, of the trace that the request says it belongs to. */
  static Optional<String> passedOn(HttpServerRequest request) {
    return traceParent(request).map(parent -> parent.passedOn(requestId(request)));
  }

  private static Optional<TraceParent> traceParent(HttpServerRequest request) {
    return TraceParent.parse(request.headers().getAll(TraceParent.FIELD));
  }

  /** Answers with a problem, as JSON or, for a browser that navigates, as a page. */
  void problem(HttpServerRequest request, Problem problem) {
    var unused = send(request, problem);
  }

  /** The same, as the end of what was to be done. */
  Future<Void> told(HttpServerRequest request, Problem problem) {
    problem(request, problem);
    return Future.succeededFuture();
  }

  /**
   * Answers with a problem and closes the connection, whose state cannot be trusted any more. What
   * is left of the request is taken first: to close on unread bytes resets the connection, and the
   * answer may be lost with it. A client that never ends it meets the limit on idle connections.
   */
  void problemAndClose(HttpServerRequest request, Problem problem) {
    if (request.version() == HttpVersion.HTTP_2) {
      problem(request, problem);
    } else {
      // The field alone does nothing: Vert.x closes only where the client asked for it.
      var unused =
          send(request, problem.with("Connection", "close")).onComplete(sent -> hangUp(request));
    }
  }

  private static void hangUp(HttpServerRequest request) {
    boolean unreadable = request.decoderResult() != null && request.decoderResult().isFailure();
    if (unreadable || request.isEnded()) {
      close(request);
    } else {
      request.handler(rest -> {}).endHandler(ended -> close(request)).resume();
    }
  }

  private static void close(HttpServerRequest request) {
    var unused = request.connection().close();
  }

  private Future<Void> send(HttpServerRequest request, Problem problem) {
    HttpServerResponse response = request.response();
    if (response.ended() || response.headWritten()) {
      return Future.succeededFuture();
    }
    response.setStatusCode(problem.status());
    problem.fields().forEach(response::putHeader);
    if (navigates(request)) {
      return write(request, pages.notice(problem.notice(), request.getHeader("Accept-Language")));
    }
    return write(request, "application/problem+json", json(problem).toString());
  }

  /** Shows the page of a file that waits for a click. */
  void landing(HttpServerRequest request, Landing landing) {
    var unused = write(request, pages.landing(landing, request.getHeader("Accept-Language")));
  }

  void json(HttpServerRequest request, int status, JsonNode body) {
    request.response().setStatusCode(status);
    var unused = write(request, "application/json", body.toString());
  }

  void text(HttpServerRequest request, String type, String body) {
    var unused = write(request, type, body);
  }

  private static Future<Void> write(HttpServerRequest request, RenderedPage page) {
    MultiMap fields = request.response().headers();
    fields.set("Content-Security-Policy", page.contentSecurityPolicy());
    fields.set("Content-Language", page.language());
    fields.set("Vary", "Authorization, Origin, Accept, Accept-Language, Sec-Fetch-Mode");
    return write(request, "text/html; charset=utf-8", page.html());
  }

  private static Future<Void> write(HttpServerRequest request, String type, String body) {
    HttpServerResponse response = request.response();
    response.putHeader("Content-Type", type);
    if (HttpMethod.HEAD.equals(request.method())) {
      response.putHeader(
          "Content-Length", Integer.toString(body.getBytes(StandardCharsets.UTF_8).length));
      return response.end();
    }
    return response.end(body);
  }

  /** Whether a browser asks that shows the answer to somebody. */
  static boolean navigates(HttpServerRequest request) {
    String mode = request.getHeader("Sec-Fetch-Mode");
    String accept = request.getHeader("Accept");
    return mode == null ? accept != null && accept.contains("text/html") : mode.equals("navigate");
  }

  static ObjectNode json(Problem problem) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("type", "urn:keyveil:problem:" + problem.code())
            .put("title", problem.title())
            .put("status", problem.status())
            .put("detail", problem.detail());
    if (!problem.errors().isEmpty()) {
      problem.errors().forEach(json.putArray("errors")::add);
    }
    return json;
  }
}
