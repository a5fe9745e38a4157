package io.keyveil.access;

import java.util.Base64;
import java.util.Optional;

/** The one accepted spelling of bytes as text: base64url, unpadded, unused bits zero. */
final class Base64Url {
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
  private static final Base64.Decoder DECODER = Base64.getUrlDecoder();

  private Base64Url() {}

  static String encode(byte[] bytes) {
    return ENCODER.encodeToString(bytes);
  }

  /** The bytes; nothing where the text is empty or could be spelled otherwise. */
  static Optional<byte[]> decode(String text) {
    try {
      byte[] bytes = DECODER.decode(text);
      // The JDK forgives padding and stray bits, so only the way back proves the spelling.
      return bytes.length > 0 && encode(bytes).equals(text) ? Optional.of(bytes) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
