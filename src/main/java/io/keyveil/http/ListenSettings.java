package io.keyveil.http;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The public listener.
 *
 * @param host the address to listen on
 * @param port the port, 0 to 65535; 0 takes a free one
 * @param publicUrl how clients reach the gateway; https:// or http://, without query
 * @param tls the certificate and key; empty behind a proxy that ends TLS
 * @param trustedProxies from which addresses {@code Forwarded} and {@code X-Forwarded-For} count
 * @param proxyProtocol whether trusted proxies name the client in a PROXY header
 * @param pathPrefix whether requests arrive with the path of {@code publicUrl}
 * @param redirectPort the port of a plain listener that leads browsers to {@code publicUrl}, 1 to
 *     65535, or 0 for none
 * @param connections what a connection may do before anybody knows whose it is
 */
public record ListenSettings(
    String host,
    int port,
    URI publicUrl,
    Optional<TlsFiles> tls,
    List<AddressBlock> trustedProxies,
    ProxyProtocol proxyProtocol,
    PathPrefix pathPrefix,
    int redirectPort,
    ConnectionSettings connections) {

  /** So that it can stand in a route, a cookie's path and a header field as it is. */
  private static final Pattern PLAIN_PATH = Pattern.compile("(?:/[A-Za-z0-9._~-]+)*/?");

  public static final ListenSettings DEFAULTS =
      new ListenSettings(
          "0.0.0.0",
          8443,
          URI.create("https://localhost:8443"),
          Optional.of(TlsFiles.DEFAULTS),
          List.of(),
          ProxyProtocol.OFF,
          PathPrefix.STRIPPED,
          0,
          ConnectionSettings.DEFAULTS);

  public ListenSettings {
    trustedProxies = List.copyOf(trustedProxies);
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
    }
    if (host.isBlank()) {
      throw new IllegalArgumentException("host: nothing (expected: an address)");
    }
    boolean web = "https".equals(publicUrl.getScheme()) || "http".equals(publicUrl.getScheme());
    if (!web || publicUrl.getHost() == null || publicUrl.getQuery() != null) {
      throw new IllegalArgumentException(
          "publicUrl: " + publicUrl + " (expected: such as https://files.example.org)");
    }
    if (!PLAIN_PATH.matcher(publicUrl.getRawPath()).matches()) {
      throw new IllegalArgumentException(
          "publicUrl: " + publicUrl + " (expected: a path of letters, digits and . _ ~ - alone)");
    }
    if (proxyProtocol == ProxyProtocol.REQUIRED && trustedProxies.isEmpty()) {
      throw new IllegalArgumentException(
          "proxyProtocol: required (expected: off, or trustedProxies that may say it)");
    }
    if (redirectPort < 0 || redirectPort > 65_535) {
      throw new IllegalArgumentException(
          "redirectPort: " + redirectPort + " (expected: 1 to 65535, or 0 for none)");
    }
  }

  /** The path of {@code publicUrl}, without a slash at its end; mostly empty. */
  String publicPath() {
    return publicUrl.getRawPath().replaceFirst("/+$", "");
  }

  /** What the paths of requests begin with before those of our routes. */
  String routedPrefix() {
    return pathPrefix == PathPrefix.KEPT ? publicPath() : "";
  }
}
