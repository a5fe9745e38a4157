package io.keyveil.http;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Locale;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;

/** A certificate and a private key that were read from files and belong together. */
public final class TlsPair {
  private static final byte[] PROBE = {1, 2, 3, 4, 5, 6, 7, 8};

  private final PemKeyCertOptions options;
  private final X509Certificate certificate;
  private final TlsText text;

  private TlsPair(PemKeyCertOptions options, X509Certificate certificate, TlsText text) {
    this.text = text;
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
    return load(vertx, files, TlsText.read(files));
  }

  /** The same with what the files held when they were read. */
  static TlsPair load(Vertx vertx, TlsFiles files, TlsText text) {
    X509Certificate certificate = certificate(files.certificate(), text);
    PemKeyCertOptions options =
        new PemKeyCertOptions()
            .setCertValue(Buffer.buffer(text.certificate().getBytes(StandardCharsets.UTF_8)))
            .setKeyValue(Buffer.buffer(text.key().getBytes(StandardCharsets.UTF_8)));
    if (!signs(privateKey(vertx, options, files.key()), certificate)) {
      throw new InvalidTlsException(
          "listen.tls.key: "
              + files.key()
              + " does not belong to the certificate (expected: the key of "
              + files.certificate()
              + ")");
    }
    return new TlsPair(options, certificate, text);
  }

  TlsText text() {
    return text;
  }

  PemKeyCertOptions options() {
    return options;
  }

  /** The gateway's own certificate, the first of the chain. */
  public X509Certificate certificate() {
    return certificate;
  }

  /**
   * Refuses a pair that nobody would accept.
   *
   * @throws InvalidTlsException if it has ended, or has not begun
   */
  void requireValid(Instant now, TlsFiles files) {
    if (now.isAfter(certificate.getNotAfter().toInstant())
        || now.isBefore(certificate.getNotBefore().toInstant())) {
      throw new InvalidTlsException(
          "listen.tls.certificate: "
              + files.certificate()
              + " is not valid now (expected: valid from "
              + certificate.getNotBefore().toInstant()
              + " to "
              + certificate.getNotAfter().toInstant()
              + " to contain this moment)");
    }
  }

  private static X509Certificate certificate(Path file, TlsText text) {
    try (InputStream pem =
        new ByteArrayInputStream(text.certificate().getBytes(StandardCharsets.UTF_8))) {
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
