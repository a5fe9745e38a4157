package io.keyveil.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class JwkSetTest {
  private static final Forge FORGE = new Forge();
  private static final String GOOD = Forge.rsaJwk("r1", FORGE.rsa);
  private static final String EC = Forge.ecJwk("e1", FORGE.ec);

  /** RFC 7638 section 3.1. */
  private static final String RFC_7638_MODULUS =
      "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECP"
          + "ebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2Q"
          + "vzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQF"
          + "h6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";

  @ParameterizedTest(name = "{index} {1}")
  @MethodSource("refusedSets")
  void refusesTheWholeSet(String set, String reason) {
    assertThatThrownBy(() -> parse(set))
        .isInstanceOf(InvalidKeysException.class)
        .hasMessageContaining(reason)
        .hasMessageNotContaining("\n");
  }

  static Stream<Arguments> refusedSets() {
    return Stream.of(
        arguments("", "not a JSON object"),
        arguments("[]", "not a JSON object"),
        arguments("{\"keys\":[],\"keys\":[]}", "a name in it twice"),
        arguments("{\"keys\":[" + GOOD + "]} x", "not a JSON object"),
        arguments("{}", "no list of keys"),
        arguments("{\"keys\":{}}", "no list of keys"),
        arguments(set(), "no key in the set can verify"),
        arguments(set("7"), "an entry without a kty"),
        arguments(set("{}"), "an entry without a kty"),
        arguments(set(GOOD, "{\"kty\":7}"), "an entry without a kty"),
        arguments(set(GOOD, "{\"kty\":\"oct\",\"k\":\"AAAA\"}"), "a symmetric key"),
        arguments(set(GOOD, "{\"kty\":\"new\",\"k\":\"AAAA\"}"), "a symmetric key"),
        arguments(set(plus(GOOD, "\"d\":\"AAAA\"")), "a private key"),
        arguments(set(plus(EC, "\"d\":\"AAAA\"")), "a private key"),
        arguments(set(plus(GOOD, "\"p\":\"AAAA\"")), "a private key"),
        arguments(set(GOOD, "{\"kty\":\"new\",\"d\":\"AAAA\"}"), "a private key"),
        arguments(set(GOOD, GOOD), "two keys with the same kid"),
        arguments(set(GOOD, Forge.ecJwk("r1", FORGE.ec)), "two keys with the same kid"),
        arguments(set(GOOD.replace("\"r1\"", "[\"r1\"]")), "a kid that is not a text"),
        arguments(set(GOOD.replace("\"r1\"", "\"\"")), "a kid that is empty"),
        arguments(set(GOOD.replace("RS256", "ES256")), "a key whose alg does not fit its type"),
        arguments(set(plus(EC, "\"alg\":\"ES384\"")), "a key whose alg does not fit its type"),
        arguments(set(plus(EC, "\"alg\":\"RS256\"")), "a key whose alg does not fit its type"),
        arguments(set(GOOD.replaceAll("\"n\":\"", "\"n\":\"=")), "a key whose n is not base64url"),
        arguments(set(GOOD.replaceAll("\"n\":\"[^\"]*\"", "\"n\":7")), "whose n is not"),
        arguments(set(rsa(2047, 65_537)), "an RSA key of 2047 bits"),
        arguments(set(rsa(1024, 65_537)), "an RSA key of 1024 bits"),
        arguments(set(rsa(16_385, 65_537)), "an RSA key of 16385 bits"),
        arguments(set(rsa(2048, 1)), "an RSA key with a bad exponent"),
        arguments(set(rsa(2048, 2)), "an RSA key with a bad exponent"),
        arguments(set(rsa(2048, 65_536)), "an RSA key with a bad exponent"),
        arguments(set(EC.replace("P-256", "P-384")), "coordinates that do not fit P-384"),
        arguments(set(offCurve()), "a point that is not on P-256"),
        arguments(set("{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AAAA\"}"), "Ed25519"),
        arguments(
            set(
                IntStream.range(0, 65)
                    .mapToObj(i -> EC.replace("e1", "e" + i))
                    .toArray(String[]::new)),
            "more than 64 keys"));
  }

  @Test
  void refusesADocumentThatIsTooLarge() {
    String spaces = " ".repeat(JwkSet.MAX_BYTES);
    assertThatThrownBy(() -> parse(set(GOOD) + spaces))
        .hasMessage("the set is larger than 256 KiB");
  }

  @Test
  void showsNoKeyMaterial() {
    String broken = set(plus(GOOD, "\"d\":\"c2VjcmV0LXNlY3JldA\""));
    assertThatThrownBy(() -> parse(broken)).hasMessageNotContaining("c2VjcmV0");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ignoredKeys")
  void ignoresAKeyOfAnotherUseOrKind(String key) {
    JwkSet set = parse(set(GOOD, key));
    assertThat(set.size()).isEqualTo(1);
    assertThat(set.knows("other")).isFalse();
  }

  static Stream<String> ignoredKeys() {
    String other = Forge.rsaJwk("other", FORGE.rsa);
    return Stream.of(
        "{\"kty\":\"new\",\"kid\":\"other\"}",
        "{\"kty\":\"EC\",\"crv\":\"secp256k1\",\"kid\":\"other\"}",
        "{\"kty\":\"OKP\",\"crv\":\"X25519\",\"kid\":\"other\"}",
        other.replace("\"sig\"", "\"enc\""),
        other.replace("\"sig\"", "null"),
        other.replace("RS256", "RSA-OAEP"),
        plus(other, "\"key_ops\":[\"encrypt\"]"),
        plus(other, "\"key_ops\":\"verify\""));
  }

  @Test
  void keepsAKeyToItsOwnAlgorithm() {
    assertThat(serving(GOOD)).containsExactly(Algorithm.RS256);
    assertThat(serving(GOOD.replace("\"alg\":\"RS256\",", "")))
        .allMatch(algorithm -> algorithm.kind() == Algorithm.Kind.RSA)
        .hasSize(6);
    assertThat(serving(EC)).containsExactly(Algorithm.ES256);
  }

  @Test
  void keepsAKeyToTheAlgorithmsOfTheIssuer() {
    String key = set(GOOD.replace("\"alg\":\"RS256\",", ""));
    assertThat(JwkSet.parse(Forge.utf8(key), Set.of(Algorithm.PS256)).size()).isEqualTo(1);
    assertThatThrownBy(() -> JwkSet.parse(Forge.utf8(key), Set.of(Algorithm.ES256)))
        .hasMessage("no key in the set can verify by any of [ES256]");
  }

  @Test
  void verifiesAnEd25519Signature() {
    // RFC 8037 appendix A.
    String key =
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}";
    String token =
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGc"
            + "vMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    assertThat(verdict(key, token)).isEqualTo("held");
    assertThat(verdict(key, token.replace("cvMg", "cvMh"))).isEqualTo("SIGNATURE");
  }

  @Test
  void namesAKeyByItsThumbprint() {
    BigInteger modulus = new BigInteger(1, Base64Url.decode(RFC_7638_MODULUS).orElseThrow());
    assertThat(JwkMembers.rsa(modulus, BigInteger.valueOf(65_537)).thumbprint())
        .isEqualTo("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
  }

  @Test
  void takesSoundModuliForSound() {
    assertThat(Roca.marks(new BigInteger(1, Base64Url.decode(RFC_7638_MODULUS).orElseThrow())))
        .isFalse();
    assertThat(Roca.marks(BigInteger.valueOf(65_537).pow(129))).isTrue();
  }

  private static String verdict(String key, String token) {
    JwkSet set = parse(set(key));
    return Jws.parse(token, 1024)
        .then(jws -> TokenHeader.read(jws.header()).then(header -> set.verify(header, jws)))
        .match(held -> "held", Rejection::toString);
  }

  private static Set<Algorithm> serving(String jwk) {
    VerificationKey key =
        new JwkReader(EnumSet.allOf(Algorithm.class)).read(node(jwk)).orElseThrow();
    return Stream.of(Algorithm.values()).filter(key::serves).collect(Collectors.toSet());
  }

  private static JsonNode node(String json) {
    return new StrictJson(16, 65_536).object(Forge.utf8(json)).orElseThrow();
  }

  private static JwkSet parse(String set) {
    return JwkSet.parse(Forge.utf8(set), EnumSet.allOf(Algorithm.class));
  }

  private static String set(String... keys) {
    return "{\"keys\":[" + String.join(",", keys) + "]}";
  }

  private static String plus(String key, String member) {
    return key.substring(0, key.length() - 1) + "," + member + "}";
  }

  private static String rsa(int bits, int exponent) {
    BigInteger modulus = new BigInteger(bits - 1, new Random(7)).setBit(bits - 1).setBit(0);
    return "{\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"%s\"}"
        .formatted(
            Forge.number(modulus, (bits + 7) / 8),
            Forge.number(BigInteger.valueOf(exponent), exponent > 65_535 ? 3 : 1));
  }

  private static String offCurve() {
    String x = Forge.number(BigInteger.TWO, 32);
    return "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%s\",\"y\":\"%s\"}".formatted(x, x);
  }
}
