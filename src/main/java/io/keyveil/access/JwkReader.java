package io.keyveil.access;

import com.fasterxml.jackson.databind.JsonNode;
import io.keyveil.access.Algorithm.Kind;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Reads one entry of a JWK set: a key to verify with, nothing of interest, or a refusal. */
final class JwkReader {
  private static final int MAX_TEXT = 256;

  private final Collection<Algorithm> accepted;

  /**
   * @param accepted the algorithms that may be used at all
   */
  JwkReader(Collection<Algorithm> accepted) {
    this.accepted = accepted;
  }

  /**
   * The key; nothing where the entry is for other uses or of a kind that we do not know, which RFC
   * 7517 section 5 has us ignore.
   *
   * @throws InvalidKeysException when the key is one that nobody should use
   */
  Optional<VerificationKey> read(JsonNode jwk) {
    Optional<Kind> kind = kind(jwk);
    if (kind.isEmpty() || !isForVerifying(jwk) || !isKnownAlgorithm(jwk)) {
      return Optional.empty();
    }
    return switch (kind.get()) {
      case RSA -> rsa(jwk);
      case EC -> ec(jwk);
      case OKP -> ed25519(jwk);
      case SECRET -> Optional.empty();
    };
  }

  private static Optional<Kind> kind(JsonNode jwk) {
    String kty = jwk.path("kty").asText();
    return Arrays.stream(Kind.values()).filter(kind -> kind.name().equals(kty)).findFirst();
  }

  private static boolean isForVerifying(JsonNode jwk) {
    JsonNode operations = jwk.path("key_ops");
    boolean verifies =
        operations.isMissingNode()
            || StreamSupport.stream(operations.spliterator(), false)
                .anyMatch(operation -> operation.asText().equals("verify"));
    return verifies && (!jwk.has("use") || jwk.path("use").asText().equals("sig"));
  }

  private static boolean isKnownAlgorithm(JsonNode jwk) {
    return !jwk.has("alg")
        || Arrays.stream(Algorithm.values())
            .anyMatch(algorithm -> algorithm.name().equals(jwk.path("alg").asText()));
  }

  private Optional<VerificationKey> rsa(JsonNode jwk) {
    BigInteger modulus = new BigInteger(1, bytes(jwk, "n"));
    BigInteger exponent = new BigInteger(1, bytes(jwk, "e"));
    checkModulus(modulus);
    checkExponent(exponent);
    return key(
        jwk,
        JwkMembers.rsa(modulus, exponent),
        (modulus.bitLength() + 7) / 8,
        algorithms(jwk, Kind.RSA, ""));
  }

  private static void checkModulus(BigInteger modulus) {
    int bits = modulus.bitLength();
    if (bits < 2048 || bits > 16_384) {
      throw new InvalidKeysException(
          "an RSA key of %d bits (expected: 2048 to 16384)".formatted(bits));
    }
    if (!modulus.testBit(0) || Roca.marks(modulus)) {
      throw new InvalidKeysException("an RSA key whose factors are known");
    }
  }

  private static void checkExponent(BigInteger exponent) {
    if (!exponent.testBit(0) || exponent.bitLength() < 2 || exponent.bitLength() > 64) {
      throw new InvalidKeysException(
          "an RSA key with a bad exponent (expected: odd, from 3 to 64 bits; usual: 65537)");
    }
  }

  private Optional<VerificationKey> ec(JsonNode jwk) {
    Optional<Algorithm> own = byCurve(jwk, Kind.EC);
    if (own.isEmpty()) {
      return Optional.empty();
    }
    Algorithm algorithm = own.get();
    byte[] x = bytes(jwk, "x");
    byte[] y = bytes(jwk, "y");
    if (x.length != algorithm.signatureLength() / 2 || y.length != x.length) {
      throw new InvalidKeysException("coordinates that do not fit " + algorithm.curve());
    }
    if (!isOnCurve(algorithm.curve(), new BigInteger(1, x), new BigInteger(1, y))) {
      throw new InvalidKeysException("a point that is not on " + algorithm.curve());
    }
    return key(
        jwk,
        JwkMembers.ec(algorithm.curve(), x, y),
        0,
        algorithms(jwk, Kind.EC, algorithm.curve()));
  }

  /** The curve equation; the JDK makes a key of any two numbers. */
  private static boolean isOnCurve(String curve, BigInteger x, BigInteger y) {
    ECParameterSpec spec = parameters(curve);
    BigInteger p = ((ECFieldFp) spec.getCurve().getField()).getP();
    BigInteger right =
        x.modPow(BigInteger.valueOf(3), p)
            .add(spec.getCurve().getA().multiply(x))
            .add(spec.getCurve().getB())
            .mod(p);
    return x.compareTo(p) < 0 && y.compareTo(p) < 0 && y.multiply(y).mod(p).equals(right);
  }

  private static ECParameterSpec parameters(String curve) {
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
      parameters.init(new ECGenParameterSpec("NIST " + curve));
      return parameters.getParameterSpec(ECParameterSpec.class);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + curve, e);
    }
  }

  private Optional<VerificationKey> ed25519(JsonNode jwk) {
    Optional<Algorithm> own = byCurve(jwk, Kind.OKP);
    if (own.isEmpty()) {
      return Optional.empty();
    }
    byte[] x = bytes(jwk, "x");
    if (x.length != 32) {
      throw new InvalidKeysException("an Ed25519 key of the wrong length");
    }
    return key(jwk, JwkMembers.ed25519(x), 0, algorithms(jwk, Kind.OKP, own.get().curve()));
  }

  private static Optional<Algorithm> byCurve(JsonNode jwk, Kind kind) {
    String curve = jwk.path("crv").asText();
    return Arrays.stream(Algorithm.values())
        .filter(algorithm -> algorithm.kind() == kind && algorithm.curve().equals(curve))
        .findFirst();
  }

  /** What the key may be used for: its own {@code alg}, or whatever fits it. */
  private Set<Algorithm> algorithms(JsonNode jwk, Kind kind, String curve) {
    Set<Algorithm> fitting =
        Arrays.stream(Algorithm.values())
            .filter(algorithm -> algorithm.kind() == kind && algorithm.curve().equals(curve))
            .filter(
                algorithm -> !jwk.has("alg") || algorithm.name().equals(jwk.path("alg").asText()))
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(Algorithm.class)));
    if (fitting.isEmpty()) {
      throw new InvalidKeysException("a key whose alg does not fit its type");
    }
    fitting.retainAll(accepted);
    return fitting;
  }

  private static Optional<VerificationKey> key(
      JsonNode jwk, JwkMembers members, int rsaLength, Set<Algorithm> algorithms) {
    Optional<String> kid = Optional.ofNullable(jwk.path("kid").textValue());
    if (kid.filter(name -> name.isEmpty() || name.length() > MAX_TEXT).isPresent()) {
      throw new InvalidKeysException("a kid that is empty or longer than " + MAX_TEXT);
    }
    if (algorithms.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new VerificationKey(kid, members, rsaLength, algorithms));
    } catch (RuntimeException e) {
      throw new InvalidKeysException("a key that the signature engine does not take");
    }
  }

  private static byte[] bytes(JsonNode jwk, String member) {
    return Optional.ofNullable(jwk.path(member).textValue())
        .flatMap(Base64Url::decode)
        .orElseThrow(() -> new InvalidKeysException("a key whose " + member + " is not base64url"));
  }
}
