package io.keyveil.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;

/** Writes answers that are not files, with the header fields that every answer has. */
final class Answers {
  static final String REQUEST_ID = "X-Request-Id";
  private static final int ID_BYTES = 12;

  private final SecureRandom random;
  private final boolean tls;

  Answers(SecureRandom random, boolean tls) {
    this.random = random;
    this.tls = tls;
  }

  /** Gives the request its ID, and the answer the fields that every answer has. */
  void prepare(HttpServerRequest request) {
    byte[] bits = new byte[ID_BYTES];
    random.nextBytes(bits);
    HttpServerResponse response = request.response();
    response.putHeader(REQUEST_ID, HexFormat.of().formatHex(bits));
    response.putHeader("X-Content-Type-Options", "nosniff");
    response.putHeader("Referrer-Policy", "no-referrer");
    response.putHeader("Cache-Control", "private, no-store");
    response.putHeader("Vary", "Authorization, Origin");
    response.putHeader("Content-Security-Policy", "default-src 'none'; sandbox");
    if (tls) {
      response.putHeader("Strict-Transport-Security", "max-age=31536000");
    }
  }

  static String requestId(HttpServerRequest request) {
    String id = request.response().headers().get(REQUEST_ID);
    return id == null ? "none" : id;
  }

  /** Answers with a problem, as JSON or, for a browser that navigates, as a page. */
  void problem(HttpServerRequest request, Problem problem) {
    var unused = send(request, problem);
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

  private static Future<Void> send(HttpServerRequest request, Problem problem) {
    HttpServerResponse response = request.response();
    if (response.ended() || response.headWritten()) {
      return Future.succeededFuture();
    }
    response.setStatusCode(problem.status());
    problem.fields().forEach(response::putHeader);
    if (navigates(request)) {
      response.putHeader("Content-Security-Policy", Page.POLICY);
      return write(request, "text/html; charset=utf-8", Page.of(problem));
    }
    return write(request, "application/problem+json", json(problem).toString());
  }

  void json(HttpServerRequest request, int status, JsonNode body) {
    request.response().setStatusCode(status);
    var unused = write(request, "application/json", body.toString());
  }

  void text(HttpServerRequest request, String type, String body) {
    var unused = write(request, type, body);
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

  private static boolean navigates(HttpServerRequest request) {
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
