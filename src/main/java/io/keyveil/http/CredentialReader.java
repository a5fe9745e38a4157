package io.keyveil.http;

import io.keyveil.access.Token;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;

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

  /** Takes bearer tokens alone. */
  static CredentialReader bearerOnly() {
    return new CredentialReader("");
  }

  /** All of them; more than one is for the route to refuse. Other schemes are no credential. */
  List<Token> read(HttpServerRequest request) {
    List<Token> found = new ArrayList<>();
    for (String field : request.headers().getAll(HttpHeaderNames.AUTHORIZATION)) {
      // A scheme without a token is a token that does not hold; HTTP/1.1 has lost the space.
      boolean ends = field.length() == BEARER.length() || field.startsWith(" ", BEARER.length());
      if (ends && field.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
        found.add(Token.of(field.substring(BEARER.length()).strip()));
      }
    }
    if (!cookie.isEmpty()) {
      for (String field : request.headers().getAll(HttpHeaderNames.COOKIE)) {
        cookies(field, found);
      }
    }
    return found;
  }

  /**
   * Adds every cookie of the name (RFC 6265 section 4.2.1). Vert.x looks at the first field alone,
   * though HTTP/2 clients send a field for each cookie (RFC 9113 section 8.2.3), and of two cookies
   * with one name it shows one: which of them a client means nobody knows.
   */
  private void cookies(String field, List<Token> found) {
    for (String pair : field.split(";", -1)) {
      int equals = pair.indexOf('=');
      if (equals >= 0 && pair.substring(0, equals).strip().equals(cookie)) {
        found.add(Token.of(unquoted(pair.substring(equals + 1).strip())));
      }
    }
  }

  private static String unquoted(String value) {
    boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? value.substring(1, value.length() - 1) : value;
  }
}
