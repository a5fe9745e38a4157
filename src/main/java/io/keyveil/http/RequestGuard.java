package io.keyveil.http;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What is wrong with a request before anybody looks at what it wants. */
final class RequestGuard {
  /** Fields that change what a request means, and of which there may be one. */
  private static final List<String> SINGLE =
      List.of(
          "Authorization",
          "Content-Length",
          "Content-Type",
          "If-Range",
          "If-Modified-Since",
          "If-Unmodified-Since",
          "Range");

  private static final Pattern AUTHORITY =
      Pattern.compile(
          "(?:[A-Za-z0-9._~!$&'()*+;=%-]{1,255}|\\[[0-9A-Fa-f:.]{2,45}\\])(?::\\d{1,5})?");

  private static final Pattern BROKEN_ESCAPE = Pattern.compile("%(?![0-9A-Fa-f]{2})");

  private RequestGuard() {}

  /** The objection, or empty if the request is sound. */
  static Optional<Problem> objection(HttpServerRequest request) {
    return host(request)
        .or(() -> target(request))
        .or(() -> coding(request))
        .or(() -> doubled(request))
        .or(() -> body(request));
  }

  /**
   * Visible ASCII alone (RFC 9112 section 3.2), since Netty lets controls through; and of escapes
   * whole ones alone (RFC 3986 section 2.1), since whoever asks for a parameter stumbles over
   * others.
   */
  private static Optional<Problem> target(HttpServerRequest request) {
    String uri = request.uri();
    boolean visible = uri.chars().allMatch(character -> character > ' ' && character < 0x7f);
    return visible && !BROKEN_ESCAPE.matcher(uri).find()
        ? Optional.empty()
        : Optional.of(Problem.invalidRequest("The address is not well-formed."));
  }

  /**
   * Chunked is the one coding there is (RFC 9112 section 6.1). Where a body with another one ends
   * nobody knows, and it would be read as the next request.
   */
  private static Optional<Problem> coding(HttpServerRequest request) {
    List<String> codings = request.headers().getAll("Transfer-Encoding");
    boolean known =
        codings.isEmpty() || (codings.size() == 1 && codings.get(0).equalsIgnoreCase("chunked"));
    return known
        ? Optional.empty()
        : Optional.of(Problem.invalidRequest("Send no Transfer-Encoding but chunked."));
  }

  /** Exactly one valid {@code Host} (RFC 9112 section 3.2). */
  private static Optional<Problem> host(HttpServerRequest request) {
    List<String> hosts = request.headers().getAll("Host");
    boolean http1 =
        request.version() == HttpVersion.HTTP_1_1 || request.version() == HttpVersion.HTTP_1_0;
    boolean sound =
        http1
            ? hosts.size() == 1 || (hosts.isEmpty() && request.version() == HttpVersion.HTTP_1_0)
            : hosts.size() <= 1;
    boolean formed = hosts.stream().allMatch(RequestGuard::isAuthority);
    return sound && formed
        ? Optional.empty()
        : Optional.of(Problem.invalidRequest("Send exactly one valid Host field."));
  }

  private static boolean isAuthority(String host) {
    return AUTHORITY.matcher(host).matches();
  }

  private static Optional<Problem> doubled(HttpServerRequest request) {
    return SINGLE.stream()
        .filter(name -> request.headers().getAll(name).size() > 1)
        .findFirst()
        .map(name -> Problem.invalidRequest("Send the " + name + " field only once."));
  }

  /**
   * A body has no meaning in GET and HEAD (RFC 9110 section 9.3.1), and hides requests in tests.
   */
  private static Optional<Problem> body(HttpServerRequest request) {
    boolean bodyless =
        HttpMethod.GET.equals(request.method()) || HttpMethod.HEAD.equals(request.method());
    String length = request.getHeader("Content-Length");
    boolean has =
        request.headers().contains("Transfer-Encoding") || (length != null && !length.equals("0"));
    return bodyless && has
        ? Optional.of(Problem.invalidRequest("Send GET and HEAD without a body."))
        : Optional.empty();
  }
}
