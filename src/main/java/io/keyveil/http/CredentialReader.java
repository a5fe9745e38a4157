package io.keyveil.http;

import io.keyveil.access.Token;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Finds the credentials that a request carries: a bearer token (RFC 6750), a configured cookie. */
final class CredentialReader {
  private static final String BEARER = "bearer";

  private final String cookie;

  /**
   * @param cookie the cookie's name; empty for none
   */
  CredentialReader(String cookie) {
    this.cookie = cookie;
  }

  /** All of them; more than one is for the route to refuse. Other schemes are no credential. */
  List<Token> read(HttpServerRequest request) {
    List<Token> found = new ArrayList<>();
    for (String field : request.headers().getAll("Authorization")) {
      // A scheme without a token is a token that does not hold; HTTP/1.1 has lost the space.
      boolean ends = field.length() == BEARER.length() || field.startsWith(" ", BEARER.length());
      if (ends && field.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
        found.add(Token.of(field.substring(BEARER.length()).strip()));
      }
    }
    for (Cookie carried : cookies(request)) {
      found.add(Token.of(carried.getValue()));
    }
    return found;
  }

  private Set<Cookie> cookies(HttpServerRequest request) {
    return cookie.isEmpty() ? Set.of() : request.cookies(cookie);
  }
}
