package io.keyveil.s3;

import java.nio.charset.StandardCharsets;

/**
 * Percent-encoding as Signature Version 4 wants it: all octets of UTF-8 but the unreserved ones of
 * RFC 3986 section 2.3, in upper-case hex.
 */
final class PercentEncoding {
  private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.ISO_8859_1);

  private PercentEncoding() {}

  /** A query parameter's name or value. */
  static String component(String text) {
    return encode(text, false);
  }

  /** An object key as the path of a URI: its slashes stay. */
  static String path(String key) {
    return encode(key, true);
  }

  private static String encode(String text, boolean slashes) {
    if (isPlain(text, slashes)) {
      return text;
    }
    byte[] octets = text.getBytes(StandardCharsets.UTF_8);
    byte[] encoded = new byte[octets.length * 3];
    int length = 0;
    for (byte octet : octets) {
      if (isPlain((char) (octet & 0xff), slashes)) {
        encoded[length++] = octet;
      } else {
        encoded[length++] = '%';
        encoded[length++] = HEX[(octet >> 4) & 0xf];
        encoded[length++] = HEX[octet & 0xf];
      }
    }
    return new String(encoded, 0, length, StandardCharsets.ISO_8859_1);
  }

  private static boolean isPlain(String text, boolean slashes) {
    for (int i = 0; i < text.length(); i++) {
      if (!isPlain(text.charAt(i), slashes)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isPlain(char c, boolean slashes) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '_'
        || c == '.'
        || c == '~'
        || (c == '/' && slashes);
  }
}
