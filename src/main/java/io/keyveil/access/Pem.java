package io.keyveil.access;

import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;
import java.util.stream.Stream;

/** Private keys as PKCS#8 PEM (RFC 7468 section 10). */
final class Pem {
  private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
  private static final String END = "-----END PRIVATE KEY-----";
  private static final int LINE = 64;

  private Pem() {}

  /** Reads an RSA or EC key. */
  static PrivateKey privateKey(String pem) {
    int begin = pem.indexOf(BEGIN);
    int end = pem.indexOf(END);
    if (begin < 0 || end < begin) {
      throw bad(pem.contains("-----BEGIN ") ? "PEM of another kind" : "no PEM");
    }
    byte[] der = der(pem.substring(begin + BEGIN.length(), end));
    return Stream.of("RSA", "EC")
        .flatMap(kind -> privateKey(kind, der).stream())
        .findFirst()
        .orElseThrow(() -> bad("neither an RSA nor an EC key"));
  }

  static String write(PrivateKey key) {
    byte[] newline = "\n".getBytes(StandardCharsets.US_ASCII);
    String body = Base64.getMimeEncoder(LINE, newline).encodeToString(key.getEncoded());
    return BEGIN + "\n" + body + "\n" + END + "\n";
  }

  private static byte[] der(String body) {
    try {
      return Base64.getDecoder().decode(body.replaceAll("\\s", ""));
    } catch (IllegalArgumentException e) {
      throw bad("not base64");
    }
  }

  private static Optional<PrivateKey> privateKey(String kind, byte[] der) {
    try {
      return Optional.of(
          KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(der)));
    } catch (InvalidKeySpecException e) {
      return Optional.empty();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has " + kind, e);
    }
  }

  static IllegalArgumentException bad(String found) {
    return new IllegalArgumentException(
        "private key: %s (expected: \"%s\" with RSA of 2048 bits or more, or P-256, P-384, P-521)"
            .formatted(found, BEGIN));
  }
}
