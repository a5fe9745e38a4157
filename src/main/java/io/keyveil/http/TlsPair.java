package io.keyveil.http;

import io.vertx.core.Vertx;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Locale;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;

/** A certificate and a private key that were read from files and belong together. */
public final class TlsPair {
  private static final byte[] PROBE = {1, 2, 3, 4, 5, 6, 7, 8};

  private final PemKeyCertOptions options;
  private final X509Certificate certificate;

  private TlsPair(PemKeyCertOptions options, X509Certificate certificate) {
    this.options = options;
    this.certificate = certificate;
  }

  /**
   * Reads and checks the pair; blocking.
   *
   * @throws InvalidTlsException if a file cannot be read, is not what it should be, or the two do
   *     not match; one line that names the setting
   */
  public static TlsPair load(Vertx vertx, TlsFiles files) {
    X509Certificate certificate = certificate(files.certificate());
    requireReadable("listen.tls.key", files.key());
    PemKeyCertOptions options =
        new PemKeyCertOptions()
            .setCertPath(files.certificate().toString())
            .setKeyPath(files.key().toString());
    if (!signs(privateKey(vertx, options, files.key()), certificate)) {
      throw new InvalidTlsException(
          "listen.tls.key: "
              + files.key()
              + " does not belong to the certificate (expected: the key of "
              + files.certificate()
              + ")");
    }
    return new TlsPair(options, certificate);
  }

  PemKeyCertOptions options() {
    return options;
  }

  /** The gateway's own certificate, the first of the chain. */
  public X509Certificate certificate() {
    return certificate;
  }

  private static X509Certificate certificate(Path file) {
    requireReadable("listen.tls.certificate", file);
    try (InputStream pem = Files.newInputStream(file)) {
      return CertificateFactory.getInstance("X.509").generateCertificates(pem).stream()
          .filter(X509Certificate.class::isInstance)
          .map(X509Certificate.class::cast)
          .findFirst()
          .orElseThrow(() -> noCertificate(file));
    } catch (IOException | CertificateException e) {
      throw noCertificate(file);
    }
  }

  private static InvalidTlsException noCertificate(Path file) {
    return new InvalidTlsException(
        "listen.tls.certificate: " + file + " holds no certificate (expected: PEM)");
  }

  private static void requireReadable(String setting, Path file) {
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new InvalidTlsException(
          setting + ": " + file + " cannot be read (expected: a readable PEM file)");
    }
  }

  private static PrivateKey privateKey(Vertx vertx, PemKeyCertOptions options, Path file) {
    try {
      for (KeyManager manager : options.getKeyManagerFactory(vertx).getKeyManagers()) {
        if (manager instanceof X509KeyManager keys) {
          return Stream.of("RSA", "EC", "EdDSA", "Ed25519")
              .map(type -> keys.getServerAliases(type, null))
              .filter(aliases -> aliases != null && aliases.length > 0)
              .map(aliases -> keys.getPrivateKey(aliases[0]))
              .findFirst()
              .orElseThrow(() -> noKey(file));
        }
      }
      throw noKey(file);
    } catch (InvalidTlsException e) {
      throw e;
    } catch (Exception e) {
      throw noKey(file);
    }
  }

  private static InvalidTlsException noKey(Path file) {
    return new InvalidTlsException(
        "listen.tls.key: " + file + " holds no private key (expected: unencrypted PEM)");
  }

  private static boolean signs(PrivateKey key, X509Certificate certificate) {
    try {
      String algorithm = algorithm(key.getAlgorithm());
      Signature signer = Signature.getInstance(algorithm);
      signer.initSign(key);
      signer.update(PROBE);
      byte[] signature = signer.sign();
      Signature verifier = Signature.getInstance(algorithm);
      verifier.initVerify(certificate.getPublicKey());
      verifier.update(PROBE);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static String algorithm(String key) {
    return switch (key.toUpperCase(Locale.ROOT)) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      default -> key;
    };
  }
}
