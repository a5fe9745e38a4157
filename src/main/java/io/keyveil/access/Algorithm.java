package io.keyveil.access;

/**
 * A signature algorithm that tokens may use, named as in RFC 7518 section 3.1 and RFC 8037. All are
 * asymmetric but the HS ones, which need a secret shared with the issuer.
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
  EdDSA(Kind.OKP, "Ed25519", 64),
  HS256(Kind.SECRET, "", 32),
  HS384(Kind.SECRET, "", 48),
  HS512(Kind.SECRET, "", 64);

  /** The {@code kty} of the keys an algorithm works with; a secret is in no published set. */
  enum Kind {
    RSA,
    EC,
    OKP,
    SECRET
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

  /** Whether whoever can check a signature could also have made it. */
  boolean isSymmetric() {
    return kind == Kind.SECRET;
  }

  /** The {@code crv} it needs; empty where there are no curves. */
  String curve() {
    return curve;
  }

  /** The bytes of every signature; for RSA it is the modulus that says, and this is 0. */
  int signatureLength() {
    return signatureLength;
  }
}
