package io.keyveil.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** What is wrong with a request before anybody looks at what it wants. */
final class RequestGuard {
  /** Fields that change what a request means, and of which there may be one. */
  private static final List<CharSequence> SINGLE =
      List.of(
          HttpHeaderNames.AUTHORIZATION,
          HttpHeaderNames.CONTENT_LENGTH,
          HttpHeaderNames.CONTENT_TYPE,
          HttpHeaderNames.IF_RANGE,
          HttpHeaderNames.IF_MODIFIED_SINCE,
          HttpHeaderNames.IF_UNMODIFIED_SINCE,
          HttpHeaderNames.RANGE);

  /**
   * Of a host's name, beside letters and digits (RFC 3986 section 3.2.2); the comma is a list's.
   */
  private static final String HOST_CHARACTERS = ".-_~!$&'()*+;=%";

  private static final int LONGEST_NAME = 255;
  private static final int LONGEST_LITERAL = 45;
  private static final int LONGEST_PORT = 5;

  private RequestGuard() {}

  /** The objection, or empty if the request is sound. */
  static Optional<Problem> objection(HttpServerRequest request) {
    MultiMap headers = request.headers();
    if (!hasSoundHost(request.version(), headers.getAll(HttpHeaderNames.HOST))) {
      return invalid("Send exactly one valid Host field.");
    }
    if (!isSoundTarget(request.uri())) {
      return invalid("The address is not well-formed.");
    }
    if (headers.contains("")) {
      return invalid("Send no field without a name.");
    }
    if (!isKnownCoding(headers.getAll(HttpHeaderNames.TRANSFER_ENCODING))) {
      return invalid("Send no Transfer-Encoding but chunked.");
    }
    for (CharSequence name : SINGLE) {
      if (headers.getAll(name).size() > 1) {
        return invalid("Send the " + title(name) + " field only once.");
      }
    }
    return hasStrayBody(request.method(), headers)
        ? invalid("Send GET and HEAD without a body.")
        : Optional.empty();
  }

  private static Optional<Problem> invalid(String detail) {
    return Optional.of(Problem.invalidRequest(detail));
  }

  /** A field's name as people write it. */
  private static String title(CharSequence name) {
    return Pattern.compile("(?<![a-z])[a-z]")
        .matcher(name)
        .replaceAll(first -> first.group().toUpperCase(Locale.ROOT));
  }

  /**
   * Visible ASCII without a fragment alone (RFC 9112 section 3.2), since Netty lets controls
   * through; and of escapes whole ones alone (RFC 3986 section 2.1), since whoever asks for a
   * parameter stumbles over others.
   */
  static boolean isSoundTarget(String uri) {
    for (int i = 0; i < uri.length(); i++) {
      char c = uri.charAt(i);
      boolean broken = c == '%' && !(isHex(uri, i + 1) && isHex(uri, i + 2));
      if (c <= ' ' || c >= 0x7f || c == '#' || broken) {
        return false;
      }
    }
    return true;
  }

  private static boolean isHex(String text, int at) {
    return at < text.length()
        && text.charAt(at) < 0x7f
        && Character.digit(text.charAt(at), 16) >= 0;
  }

  /**
   * Chunked is the one coding there is (RFC 9112 section 6.1). Where a body with another one ends
   * nobody knows, and it would be read as the next request.
   */
  private static boolean isKnownCoding(List<String> codings) {
    return codings.isEmpty() || (codings.size() == 1 && codings.get(0).equalsIgnoreCase("chunked"));
  }

  /** Exactly one valid {@code Host} (RFC 9112 section 3.2); HTTP/2 may have none. */
  private static boolean hasSoundHost(HttpVersion version, List<String> hosts) {
    boolean mayLack = version != HttpVersion.HTTP_1_1;
    return hosts.isEmpty() ? mayLack : hosts.size() == 1 && isAuthority(hosts.get(0));
  }

  /** A name or a bracketed IP literal, and perhaps a port; every request has one. */
  private static boolean isAuthority(String host) {
    int end = host.startsWith("[") ? literalEnd(host) : nameEnd(host);
    return end > 0 && (end == host.length() || isPort(host, end));
  }

  /** Where the name that a text begins with ends, or 0 if it begins with none. */
  private static int nameEnd(String host) {
    int end = 0;
    while (end < host.length() && isOfName(host.charAt(end))) {
      end++;
    }
    return end <= LONGEST_NAME ? end : 0;
  }

  private static boolean isOfName(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || isDigit(c)
        || HOST_CHARACTERS.indexOf(c) >= 0;
  }

  /** The same of an IP literal with its brackets. */
  private static int literalEnd(String host) {
    int end = 1;
    while (end < host.length()
        && (isHex(host, end) || host.charAt(end) == ':' || host.charAt(end) == '.')) {
      end++;
    }
    boolean closed = end < host.length() && host.charAt(end) == ']';
    return closed && end > 2 && end <= LONGEST_LITERAL + 1 ? end + 1 : 0;
  }

  private static boolean isPort(String host, int colon) {
    int digits = host.length() - colon - 1;
    boolean sound = host.charAt(colon) == ':' && digits >= 1 && digits <= LONGEST_PORT;
    for (int i = colon + 1; sound && i < host.length(); i++) {
      sound = isDigit(host.charAt(i));
    }
    return sound;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /**
   * A body has no meaning in GET and HEAD (RFC 9110 section 9.3.1), and hides requests in tests.
   */
  private static boolean hasStrayBody(HttpMethod method, MultiMap headers) {
    if (!HttpMethod.GET.equals(method) && !HttpMethod.HEAD.equals(method)) {
      return false;
    }
    String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
    return headers.contains(HttpHeaderNames.TRANSFER_ENCODING)
        || (length != null && !length.equals("0"));
  }
}
