package io.keyveil.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The raw text of a presented JWT, not yet verified; it never prints as more than the first eight
 * hex digits of its SHA-256.
 */
public final class Token {
  private final String text;
  private final String digest;

  private Token(String text, String digest) {
    this.text = text;
    this.digest = digest;
  }

  /** Wraps the text as it came; nothing about it is checked yet. */
  public static Token of(String text) {
    return new Token(text, sha256(text));
  }

  /** The token itself; only the verifier may look. */
  String text() {
    return text;
  }

  /** The lower-case hex SHA-256 of the token's text: a name for it that gives nothing away. */
  public String digest() {
    return digest;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Token that && digest.equals(that.digest);
  }

  @Override
  public int hashCode() {
    return digest.hashCode();
  }

  @Override
  public String toString() {
    return "Token[" + digest.substring(0, 8) + "]";
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
