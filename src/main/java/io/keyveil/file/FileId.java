package io.keyveil.file;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;

/**
 * The opaque name of a file: 128 random bits as 22 characters of unpadded base64url (RFC 4648
 * section 5), derived from nothing.
 */
public record FileId(String text) {
  private static final int LENGTH = 22;

  private static final int BYTES = 16;

  public FileId {
    if (!isId(text)) {
      throw new IllegalArgumentException("not a file ID (expected: 22 characters of base64url)");
    }
  }

  /** The ID in a piece of text, or empty if it is none. */
  public static Optional<FileId> parse(String text) {
    return isId(text) ? Optional.of(new FileId(text)) : Optional.empty();
  }

  /** 22 characters carry 132 bits, so the last one has only four legal values. */
  private static boolean isId(String text) {
    if (text.length() != LENGTH || "AQgw".indexOf(text.charAt(LENGTH - 1)) < 0) {
      return false;
    }
    for (int i = 0; i < LENGTH; i++) {
      char c = text.charAt(i);
      boolean legal =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '-'
              || c == '_';
      if (!legal) {
        return false;
      }
    }
    return true;
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
