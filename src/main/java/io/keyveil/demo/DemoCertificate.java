package io.keyveil.demo;

/**
 * A self-signed certificate with its private key, both as PEM.
 *
 * @param certificate the certificate, which is its own authority
 * @param key the PKCS#8 private key
 */
public record DemoCertificate(String certificate, String key) {
  @Override
  public String toString() {
    return "DemoCertificate[***]";
  }
}
