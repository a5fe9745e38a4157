package io.keyveil.access;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.auth.PubSecKeyOptions;
import io.vertx.ext.auth.impl.jose.JWK;
import io.vertx.ext.auth.impl.jose.JWS;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Signs access tokens with a private key at hand: for trying things out, for the demo and for
 * tests.
 */
public final class TokenMint {
  private static final int JTI_BYTES = 16;

  private final JWS engine;
  private final Algorithm algorithm;
  private final Optional<String> kid;
  private final InstantSource clock;
  private final RandomGenerator random;

  private TokenMint(
      JWS engine,
      Algorithm algorithm,
      Optional<String> kid,
      InstantSource clock,
      RandomGenerator random) {
    this.engine = engine;
    this.algorithm = algorithm;
    this.kid = kid;
    this.clock = clock;
    this.random = random;
  }

  /**
   * A mint for one key: RS256 with an RSA key, ES256 (ES384, ES512) with a key on P-256 (P-384,
   * P-521).
   *
   * @param pem the private key as PKCS#8 PEM
   * @param kid the key's name in the tokens; by default the RFC 7638 thumbprint of an RSA key, and
   *     none for other keys, whose public half their private one does not tell
   * @throws IllegalArgumentException with one line when the PEM is not such a key
   */
  public static TokenMint of(
      String pem, Optional<String> kid, InstantSource clock, RandomGenerator random) {
    PrivateKey key = Pem.privateKey(pem);
    Algorithm algorithm = algorithm(key);
    return new TokenMint(
        engine(Pem.write(key), algorithm), algorithm, kid.or(() -> thumbprint(key)), clock, random);
  }

  private static JWS engine(String pem, Algorithm algorithm) {
    return new JWS(
        new JWK(
            new PubSecKeyOptions().setAlgorithm(algorithm.name()).setBuffer(Buffer.buffer(pem))));
  }

  private static Algorithm algorithm(PrivateKey key) {
    if (key instanceof RSAKey rsa && rsa.getModulus().bitLength() >= 2048) {
      return Algorithm.RS256;
    }
    String curve =
        key instanceof ECKey ec
            ? "P-" + ec.getParams().getCurve().getField().getFieldSize()
            : "no curve";
    return Arrays.stream(Algorithm.values())
        .filter(algorithm -> algorithm.curve().equals(curve))
        .findFirst()
        .orElseThrow(() -> Pem.bad("a key of another kind or size"));
  }

  private static Optional<String> thumbprint(PrivateKey key) {
    return key instanceof RSAPrivateCrtKey rsa
        ? Optional.of(JwkMembers.rsa(rsa.getModulus(), rsa.getPublicExponent()).thumbprint())
        : Optional.empty();
  }

  /** The key's name in the tokens. */
  public Optional<String> kid() {
    return kid;
  }

  /** The algorithm the tokens are signed with. */
  public Algorithm algorithm() {
    return algorithm;
  }

  /** Signs a token that starts now. */
  public String mint(Grant grant) {
    String signingInput = encoded(header()) + "." + encoded(claims(grant));
    byte[] signature = engine.sign(signingInput.getBytes(StandardCharsets.US_ASCII));
    return signingInput + "." + Base64Url.encode(signature);
  }

  private ObjectNode header() {
    ObjectNode header =
        JsonNodeFactory.instance.objectNode().put("typ", "at+jwt").put("alg", algorithm.name());
    kid.ifPresent(name -> header.put("kid", name));
    return header;
  }

  private ObjectNode claims(Grant grant) {
    Instant now = clock.instant();
    byte[] id = new byte[JTI_BYTES];
    random.nextBytes(id);
    ObjectNode claims = JsonNodeFactory.instance.objectNode();
    grant.claims().forEach((claim, values) -> put(claims, claim, values));
    claims
        .put("iss", grant.issuer())
        .put("aud", grant.audience())
        .put("sub", grant.subject())
        .put("iat", now.getEpochSecond())
        .put("exp", now.plus(grant.life()).getEpochSecond())
        .put("jti", Base64Url.encode(id));
    if (!grant.scopes().isEmpty()) {
      claims.put("scope", String.join(" ", grant.scopes()));
    }
    return claims;
  }

  private static void put(ObjectNode claims, String claim, List<String> values) {
    if (values.size() == 1) {
      claims.put(claim, values.get(0));
    } else {
      ArrayNode list = claims.putArray(claim);
      values.forEach(list::add);
    }
  }

  private static String encoded(ObjectNode json) {
    return Base64Url.encode(json.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * What a token is to say.
   *
   * @param claims further claims; one value is written as a text, several as a list
   * @param life from now to {@code exp}; whole seconds
   */
  public record Grant(
      String issuer,
      String audience,
      String subject,
      Set<String> scopes,
      Map<String, List<String>> claims,
      Duration life) {
    public Grant {
      scopes = Set.copyOf(scopes);
      claims = Map.copyOf(claims);
    }
  }
}
