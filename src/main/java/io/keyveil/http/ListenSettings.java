package io.keyveil.http;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * The public listener.
 *
 * @param host the address to listen on
 * @param port the port, 0 to 65535; 0 takes a free one
 * @param publicUrl how clients reach the gateway; https:// or http://, without query
 * @param tls the certificate and key; empty behind a proxy that ends TLS
 * @param trustedProxies from which addresses {@code Forwarded} and {@code X-Forwarded-For} count
 * @param connections what a connection may do before anybody knows whose it is
 */
public record ListenSettings(
    String host,
    int port,
    URI publicUrl,
    Optional<TlsFiles> tls,
    List<AddressBlock> trustedProxies,
    ConnectionSettings connections) {

  public static final ListenSettings DEFAULTS =
      new ListenSettings(
          "0.0.0.0",
          8443,
          URI.create("https://localhost:8443"),
          Optional.of(TlsFiles.DEFAULTS),
          List.of(),
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
  }
}
