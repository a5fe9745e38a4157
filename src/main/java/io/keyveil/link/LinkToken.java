package io.keyveil.link;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The secret of a link, or of a window of one: 192 random bits as 32 characters of base64url (RFC
 * 4648 section 5). Only its digest is kept, and only a URL or a cookie shows it.
 */
public final class LinkToken {
  private static final int BYTES = 24;
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{32}");

  private final String text;

  private LinkToken(String text) {
    this.text = text;
  }

  static LinkToken random(SecureRandom random) {
    byte[] bits = new byte[BYTES];
    random.nextBytes(bits);
    return new LinkToken(Base64.getUrlEncoder().withoutPadding().encodeToString(bits));
  }

  /** The token in a piece of text, or empty if it has not the form of one. */
  public static Optional<LinkToken> parse(String text) {
    return FORM.matcher(text).matches() ? Optional.of(new LinkToken(text)) : Optional.empty();
  }

  /** The secret itself, for the one place that shows it. */
  public String reveal() {
    return text;
  }

  /** The hex SHA-256 that it is known by; of so many random bits, it needs no salt. */
  public String digest() {
    return digest(text);
  }

  /** The hex SHA-256 of a text. */
  static String digest(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return "LinkToken[***]";
  }
}
