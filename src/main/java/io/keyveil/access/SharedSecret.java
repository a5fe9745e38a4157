package io.keyveil.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/** A secret that an issuer shares with us and signs its tokens with; it cannot be printed. */
public final class SharedSecret {
  private final byte[] bytes;

  private SharedSecret(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The secret whose UTF-8 bytes are the key, as most issuers mean it. */
  public static SharedSecret of(String text) {
    return new SharedSecret(text.getBytes(StandardCharsets.UTF_8));
  }

  /** How long it is, in bytes. */
  int length() {
    return bytes.length;
  }

  /** The key itself, for the signature engine only. */
  byte[] reveal() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SharedSecret that && MessageDigest.isEqual(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "SharedSecret[***]";
  }
}
