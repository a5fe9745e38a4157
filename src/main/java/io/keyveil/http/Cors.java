package io.keyveil.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Lets the pages of listed origins read answers, and ask for what needs a preflight (Fetch
 * standard, section 3.3). Origins are compared as a whole; {@code null}, which every sandboxed page
 * has, can never be on the list. A request without {@code Origin} costs one look for it.
 */
final class Cors {
  private static final CharSequence METHODS = HttpHeaders.createOptimized("GET, HEAD");
  private static final CharSequence REQUEST_FIELDS =
      HttpHeaders.createOptimized(
          "Authorization, Range, If-Range, If-Match, If-None-Match, If-Modified-Since,"
              + " If-Unmodified-Since");
  private static final CharSequence ANSWER_FIELDS =
      HttpHeaders.createOptimized(
          "Content-Length, Content-Range, Accept-Ranges, ETag, Content-Disposition, Repr-Digest,"
              + " X-Request-Id, Retry-After, RateLimit, RateLimit-Policy");
  private static final CharSequence ANY = HttpHeaders.createOptimized("*");
  private static final CharSequence TRUE = HttpHeaders.createOptimized("true");

  private final Set<String> origins;
  private final boolean any;
  private final boolean credentials;
  private final CharSequence maxAge;

  /**
   * @param cookie whether a cookie may carry the token; browsers send none, and show no answer to
   *     one, unless they are told that they may
   */
  Cors(CorsSettings settings, boolean cookie) {
    this.origins =
        settings.origins().stream().map(WebOrigin::text).collect(Collectors.toUnmodifiableSet());
    this.any = settings.origins().stream().anyMatch(WebOrigin::any);
    this.credentials = cookie && !any;
    this.maxAge = HttpHeaders.createOptimized(Long.toString(settings.maxAge().toSeconds()));
  }

  /** Lets the page that asked read the answer, if its origin is listed; before it is written. */
  void open(HttpServerRequest request) {
    if (origins.isEmpty() || !request.headers().contains(HttpHeaderNames.ORIGIN)) {
      return;
    }
    List<String> found = request.headers().getAll(HttpHeaderNames.ORIGIN);
    if (found.size() == 1 && (any || origins.contains(found.get(0)))) {
      HttpServerResponse response = request.response();
      response.putHeader(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, any ? ANY : found.get(0));
      response.putHeader(HttpHeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS, ANSWER_FIELDS);
      if (credentials) {
        response.putHeader(HttpHeaderNames.ACCESS_CONTROL_ALLOW_CREDENTIALS, TRUE);
      }
    }
  }

  /** Whether a browser asks for leave that it is given; after {@link #open}. */
  static boolean grants(HttpServerRequest request) {
    String method = request.getHeader(HttpHeaderNames.ACCESS_CONTROL_REQUEST_METHOD);
    return HttpMethod.OPTIONS.equals(request.method())
        && ("GET".equals(method) || "HEAD".equals(method))
        && request.response().headers().contains(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN);
  }

  /** Gives the leave that it asks for. */
  void grant(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    response.headers().remove(HttpHeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS);
    response.putHeader(HttpHeaderNames.ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    response.putHeader(HttpHeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_FIELDS);
    response.putHeader(HttpHeaderNames.ACCESS_CONTROL_MAX_AGE, maxAge);
    var unused = response.setStatusCode(204).end();
  }
}
