package io.keyveil.http;

import io.keyveil.link.LinkToken;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.util.HashSet;
import java.util.Set;

/**
 * The cookie by which a client is known in its window of a link. It is sent for that link alone,
 * and not by forms of other sites; its name makes browsers insist on TLS (RFC 6265bis section
 * 4.1.3.1).
 */
final class LinkCookie {
  /** As long as a window may last; what it opens ends sooner. */
  private static final long SECONDS = 24 * 60 * 60;

  private final String name;
  private final String path;
  private final String attributes;

  /**
   * @param publicUrl how clients reach the gateway
   */
  LinkCookie(URI publicUrl) {
    boolean secure = "https".equals(publicUrl.getScheme());
    this.name = secure ? "__Secure-kv-link" : "kv-link";
    this.path = publicUrl.getRawPath().replaceFirst("/+$", "") + "/links/";
    this.attributes =
        "; Max-Age=" + SECONDS + "; HttpOnly; SameSite=Lax" + (secure ? "; Secure" : "");
  }

  /** The digests of all cookies of this name, in whichever field they stand. */
  Set<String> digests(HttpServerRequest request) {
    Set<String> digests = new HashSet<>();
    for (String field : request.headers().getAll("Cookie")) {
      for (String pair : field.split(";", -1)) {
        int equals = pair.indexOf('=');
        if (equals >= 0 && pair.substring(0, equals).strip().equals(name)) {
          LinkToken.parse(pair.substring(equals + 1).strip())
              .map(LinkToken::digest)
              .ifPresent(digests::add);
        }
      }
    }
    return digests;
  }

  /** Gives it out. */
  void set(HttpServerRequest request, LinkToken link, LinkToken cookie) {
    request
        .response()
        .putHeader(
            "Set-Cookie",
            name + "=" + cookie.reveal() + "; Path=" + path + link.reveal() + attributes);
  }
}
