package io.keyveil.audit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;

/** A public Ed25519 key that checkpoints are verified with. */
public final class CheckpointKey {
  private static final String ALGORITHM = "Ed25519";
  private static final int RAW = 32;

  private final PublicKey key;

  private CheckpointKey(PublicKey key) {
    this.key = key;
  }

  static CheckpointKey of(PublicKey key) {
    return new CheckpointKey(key);
  }

  /**
   * Reads a key as {@code openssl pkey -pubout} writes it.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static CheckpointKey parse(String pem) {
    try {
      X509EncodedKeySpec encoded = new X509EncodedKeySpec(decode(pem, "PUBLIC KEY"));
      return new CheckpointKey(KeyFactory.getInstance(ALGORITHM).generatePublic(encoded));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "not an Ed25519 public key (expected: PEM of openssl pkey -pubout)", e);
    }
  }

  /** What C2SP's signed notes call the key's ID under a name. */
  int id(String name) {
    try {
      MessageDigest hash = MessageDigest.getInstance("SHA-256");
      hash.update(name.getBytes(StandardCharsets.UTF_8));
      hash.update(new byte[] {'\n', 1});
      return ByteBuffer.wrap(hash.digest(raw())).getInt();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  boolean verifies(byte[] body, byte[] rest) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initVerify(key);
      signature.update(body);
      return signature.verify(rest);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** The DER inside PEM, which may hold nothing else. */
  static byte[] decode(String pem, String label) {
    String begin = "-----BEGIN " + label + "-----";
    String end = "-----END " + label + "-----";
    String text = pem.strip();
    if (!text.startsWith(begin) || !text.endsWith(end)) {
      throw new IllegalArgumentException("no PEM");
    }
    return Base64.getMimeDecoder()
        .decode(text.substring(begin.length(), text.length() - end.length()));
  }

  private byte[] raw() {
    byte[] encoded = key.getEncoded();
    return Arrays.copyOfRange(encoded, encoded.length - RAW, encoded.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CheckpointKey that && Arrays.equals(that.raw(), raw());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(raw());
  }
}
