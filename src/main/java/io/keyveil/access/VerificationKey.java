package io.keyveil.access;

import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.impl.jose.JWK;
import io.vertx.ext.auth.impl.jose.JWS;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * One key of an issuer, and the algorithms it may be used with.
 *
 * <p>Signatures are checked by vertx-auth-jwt's own engine, one per algorithm. It is entered at
 * {@link JWS} and not at JWTAuth: that one takes a token without a signature when it happens to
 * have no key, parses header and payload again by laxer rules, and cannot check a signature over
 * bytes that are not JSON, so that published test vectors would never reach it. Here there is no
 * way to ask without a key.
 *
 * <p>Two keys are equal when they are the same key under the same name for the same uses.
 */
final class VerificationKey {
  private final Optional<String> kid;
  private final String thumbprint;
  private final boolean printable;
  private final int rsaLength;
  private final Map<Algorithm, JWS> engines = new EnumMap<>(Algorithm.class);

  /**
   * @param key the members that make the key, and no others: the engine would follow {@code x5c}
   * @param rsaLength the bytes of every signature by this key if it is an RSA key
   * @throws RuntimeException when the engine cannot use the key
   */
  VerificationKey(Optional<String> kid, JwkMembers key, int rsaLength, Set<Algorithm> algorithms) {
    this.kid = kid;
    this.thumbprint = key.thumbprint();
    this.printable = algorithms.stream().noneMatch(Algorithm::isSymmetric);
    this.rsaLength = rsaLength;
    algorithms.forEach(algorithm -> engines.put(algorithm, engine(key, algorithm)));
  }

  private static JWS engine(JwkMembers key, Algorithm algorithm) {
    JsonObject json = new JsonObject();
    key.members().forEach(json::put);
    return new JWS(new JWK(json.put("alg", algorithm.name())));
  }

  Optional<String> kid() {
    return kid;
  }

  boolean serves(Algorithm algorithm) {
    return engines.containsKey(algorithm);
  }

  /** Whether the signature is this key's, by this algorithm. Never throws. */
  boolean holds(Algorithm algorithm, Jws jws) {
    JWS engine = engines.get(algorithm);
    if (engine == null || !hasForm(algorithm, jws.signature())) {
      return false;
    }
    try {
      return engine.verify(jws.signature(), jws.signingInput());
    } catch (RuntimeException e) {
      // The engine throws on signatures that its provider finds malformed.
      return false;
    }
  }

  /**
   * Exact length, and for ECDSA neither half zero (the engine also takes DER, and CVE-2022-21449).
   */
  private boolean hasForm(Algorithm algorithm, byte[] signature) {
    int length = algorithm.kind() == Algorithm.Kind.RSA ? rsaLength : algorithm.signatureLength();
    return signature.length == length
        && (algorithm.kind() != Algorithm.Kind.EC
            || (hasBits(signature, 0, length / 2) && hasBits(signature, length / 2, length)));
  }

  private static boolean hasBits(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] != 0) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VerificationKey that
        && kid.equals(that.kid)
        && thumbprint.equals(that.thumbprint)
        && engines.keySet().equals(that.engines.keySet());
  }

  @Override
  public int hashCode() {
    return Objects.hash(kid, thumbprint, engines.keySet());
  }

  @Override
  public String toString() {
    return "VerificationKey[" + kid.orElse("-") + " " + (printable ? thumbprint : "***") + "]";
  }
}
