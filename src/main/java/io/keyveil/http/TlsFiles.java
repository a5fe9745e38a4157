package io.keyveil.http;

import java.nio.file.Path;

/**
 * Where the certificate and its key lie, both as PEM.
 *
 * @param certificate the chain, the gateway's own certificate first
 * @param key the private key, unencrypted
 */
public record TlsFiles(Path certificate, Path key) {
  public static final TlsFiles DEFAULTS =
      new TlsFiles(Path.of("tls/cert.pem"), Path.of("tls/key.pem"));
}
