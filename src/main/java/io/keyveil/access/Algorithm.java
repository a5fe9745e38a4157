package io.keyveil.access;

/**
 * A signature algorithm that tokens may use, named as in RFC 7518 section 3.1 and RFC 8037; all are
 * asymmetric.
 */
public enum Algorithm {
  RS256(Kind.RSA, "", 0),
  RS384(Kind.RSA, "", 0),
  RS512(Kind.RSA, "", 0),
  PS256(Kind.RSA, "", 0),
  PS384(Kind.RSA, "", 0),
  PS512(Kind.RSA, "", 0),
  ES256(Kind.EC, "P-256", 64),
  ES384(Kind.EC, "P-384", 96),
  ES512(Kind.EC, "P-521", 132),
  EdDSA(Kind.OKP, "Ed25519", 64);

  /** The {@code kty} of the keys an algorithm works with. */
  enum Kind {
    RSA,
    EC,
    OKP
  }

  private final Kind kind;
  private final String curve;
  private final int signatureLength;

  Algorithm(Kind kind, String curve, int signatureLength) {
    this.kind = kind;
    this.curve = curve;
    this.signatureLength = signatureLength;
  }

  Kind kind() {
    return kind;
  }

  /** The {@code crv} it needs; empty for RSA. */
  String curve() {
    return curve;
  }

  /** The bytes of every signature; for RSA it is the modulus that says, and this is 0. */
  int signatureLength() {
    return signatureLength;
  }
}
