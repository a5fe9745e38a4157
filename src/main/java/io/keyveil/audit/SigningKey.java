package io.keyveil.audit;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Objects;

/** The Ed25519 key that checkpoints are signed with; it does not show itself. */
public final class SigningKey {
  private static final String ALGORITHM = "Ed25519";

  private final PrivateKey secret;
  private final CheckpointKey open;

  private SigningKey(PrivateKey secret, CheckpointKey open) {
    this.secret = secret;
    this.open = open;
  }

  /**
   * Reads a key as {@code openssl genpkey -algorithm ed25519} writes it.
   *
   * @throws IllegalArgumentException beginning with {@code signingKey: } if it is none
   */
  public static SigningKey parse(String pem) {
    try {
      byte[] encoded = CheckpointKey.decode(pem, "PRIVATE KEY");
      EdECPrivateKey key =
          (EdECPrivateKey)
              KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(encoded));
      byte[] seed = key.getBytes().orElseThrow(() -> new GeneralSecurityException("no seed"));
      KeyPairGenerator pairs = KeyPairGenerator.getInstance(ALGORITHM);
      pairs.initialize(255, new Known(seed));
      return new SigningKey(key, CheckpointKey.of(pairs.generateKeyPair().getPublic()));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "signingKey: not such a key (expected: PEM of openssl genpkey -algorithm ed25519)");
    }
  }

  /** The half of it that verifiers need. */
  public CheckpointKey open() {
    return open;
  }

  byte[] sign(byte[] text) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initSign(secret);
      signature.update(text);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a key that was read can sign", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SigningKey key && key.open.equals(open);
  }

  @Override
  public int hashCode() {
    return Objects.hash(open);
  }

  @Override
  public String toString() {
    return "SigningKey[***]";
  }

  /** No chance at all: the JDK makes the public half only together with a private one. */
  private static final class Known extends SecureRandom {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial")
    private final byte[] seed;

    Known(byte[] seed) {
      this.seed = seed.clone();
    }

    @Override
    public void nextBytes(byte[] bytes) {
      System.arraycopy(seed, 0, bytes, 0, bytes.length);
    }
  }
}
