package io.keyveil.file;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The opaque name of a file: 128 random bits as 22 characters of unpadded base64url (RFC 4648
 * section 5), derived from nothing.
 */
public record FileId(String text) {
  /** 22 characters carry 132 bits, so the last one has only four legal values. */
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{21}[AQgw]");

  private static final int BYTES = 16;

  public FileId {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException("not a file ID (expected: 22 characters of base64url)");
    }
  }

  /** The ID in a piece of text, or empty if it is none. */
  public static Optional<FileId> parse(String text) {
    return FORM.matcher(text).matches() ? Optional.of(new FileId(text)) : Optional.empty();
  }

  public static FileId random(SecureRandom random) {
    byte[] bits = new byte[BYTES];
    random.nextBytes(bits);
    return new FileId(Base64.getUrlEncoder().withoutPadding().encodeToString(bits));
  }

  @Override
  public String toString() {
    return text;
  }
}
