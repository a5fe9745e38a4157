package io.keyveil.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.keyveil.access.Verification.Rejected;
import io.keyveil.access.Verification.Verified;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JwtVerifierTest {
  static final String SECOND_ISSUER = "https://second.example.org/";
  static final Forge FORGE = new Forge();
  static final Forge SECOND = new Forge();
  private static final KeyPair STRANGER = Forge.rsaPair();
  private static final long NOW = Forge.NOW.getEpochSecond();

  @TempDir static Path folder;
  private static Vertx vertx;
  private static JwtVerifier verifier;
  private static final SteerableClock CLOCK = new SteerableClock(Forge.NOW);

  @BeforeAll
  static void start() throws IOException {
    vertx = Vertx.vertx();
    verifier =
        JwtVerifier.create(
            vertx,
            settings(
                issuer(Forge.ISSUER, write("first.json", FORGE.jwks())),
                issuer(SECOND_ISSUER, write("second.json", SECOND.jwks()))),
            CLOCK);
    await(verifier.start());
    assertThat(verifier.unready()).isEmpty();
  }

  @AfterAll
  static void stop() {
    await(verifier.close());
    await(vertx.close());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("goodTokens")
  void acceptsAGoodToken(String what, String token) {
    assertThat(verify(token)).as(what).isInstanceOf(Verified.class);
  }

  static Stream<Arguments> goodTokens() {
    String header = "{\"typ\":\"%s\",\"alg\":\"RS256\",\"kid\":\"r1\"}";
    return Stream.of(
        arguments("plain", FORGE.good()),
        arguments("typ JWT", FORGE.rs256(header.formatted("JWT"), Forge.claims())),
        arguments("typ jwt", FORGE.rs256(header.formatted("jwt"), Forge.claims())),
        arguments(
            "typ application/at+jwt",
            FORGE.rs256(header.formatted("application/AT+JWT"), Forge.claims())),
        arguments("no kid, one RSA key", FORGE.rs256(header("RS256", ""), Forge.claims())),
        arguments("harmless x5t", FORGE.rs256(header("RS256", ",\"x5t\":\"abc\""), Forge.claims())),
        arguments("unknown member", FORGE.rs256(header("RS256", ",\"zz\":[1]"), Forge.claims())),
        arguments("ES256", FORGE.es256(header("ES256", ",\"kid\":\"e1\""), Forge.claims())),
        arguments("whole fraction", payload(Forge.with("exp", "\"exp\":" + (NOW + 600) + ".0"))),
        arguments("exponent", payload(Forge.with("exp", "\"exp\":1800000600e0"))),
        arguments("no iat", payload(Forge.with("iat", ""))),
        arguments("expired within the leeway", payload(exp(NOW - 29))),
        arguments("nbf within the leeway", payload(Forge.plus("\"nbf\":" + (NOW + 30)))),
        arguments("longest life", payload(exp(NOW + 86_400))),
        arguments("aud list", payload(Forge.with("aud", "\"aud\":[\"x\",\"keyveil\"]"))),
        arguments("spaces in JSON", payload(Forge.claims().replace(",", " ,\n\t"))),
        arguments("depth 16", payload(Forge.plus("\"d\":" + nested(15)))),
        arguments("sub of 256", payload(sub("x".repeat(256)))));
  }

  @ParameterizedTest(name = "{0} -> {2}")
  @MethodSource("attacks")
  void rejectsAnAttack(String what, String token, Rejection reason) {
    assertThat(verify(token)).as(what).isEqualTo(new Rejected(reason));
  }

  static Stream<Arguments> attacks() {
    return Stream.of(shapes(), headers(), keys(), payloads(), audiences(), times(), claims())
        .flatMap(rows -> rows);
  }

  private static Stream<Arguments> shapes() {
    String good = FORGE.good();
    String[] part = good.split("\\.", -1);
    String json = "{\"a\":1}";
    byte[] badUtf8 = Forge.claims().replace("alice", "al\u0001ce").getBytes(StandardCharsets.UTF_8);
    badUtf8[new String(badUtf8, StandardCharsets.UTF_8).indexOf('\u0001')] = (byte) 0xC0;
    return Stream.of(
        arguments("empty", "", Rejection.MALFORMED),
        arguments("one dot", ".", Rejection.MALFORMED),
        arguments("two dots", "..", Rejection.MALFORMED),
        arguments("one segment", part[0], Rejection.MALFORMED),
        arguments("two segments", part[0] + "." + part[1], Rejection.MALFORMED),
        arguments("no signature", part[0] + "." + part[1] + ".", Rejection.MALFORMED),
        arguments("no payload", part[0] + ".." + part[2], Rejection.MALFORMED),
        arguments("no header", "." + part[1] + "." + part[2], Rejection.MALFORMED),
        arguments("trailing dot", good + ".", Rejection.MALFORMED),
        arguments("trailing dots", good + "...", Rejection.MALFORMED),
        arguments("leading dot", "." + good, Rejection.MALFORMED),
        arguments("four segments", good + ".AAAA", Rejection.MALFORMED),
        arguments("five segments", good + ".AAAA.AAAA", Rejection.MALFORMED),
        arguments("padded header", part[0] + "=." + part[1] + "." + part[2], Rejection.MALFORMED),
        arguments("padded signature", good + "==", Rejection.MALFORMED),
        arguments("stray bits", strayBits(good), Rejection.MALFORMED),
        arguments("plain base64", part[0] + "." + part[1] + ".+/+/", Rejection.MALFORMED),
        arguments("space before", " " + good, Rejection.MALFORMED),
        arguments("newline after", good + "\n", Rejection.MALFORMED),
        arguments("line break inside", good.replaceFirst("\\.", "\n."), Rejection.MALFORMED),
        arguments("full-width letter", good.replaceFirst("e", "\uFF45"), Rejection.MALFORMED),
        arguments("JSON serialization", "{\"payload\":\"Zm9v\"}", Rejection.MALFORMED),
        arguments("too long", good + "A".repeat(16_385), Rejection.TOO_LONG),
        arguments("header is a list", FORGE.rs256("[]", json), Rejection.MALFORMED),
        arguments("header is null", FORGE.rs256("null", json), Rejection.MALFORMED),
        arguments("header cut", FORGE.rs256("{\"typ\":\"JWT\"", json), Rejection.MALFORMED),
        arguments("header twice", FORGE.rs256(Forge.HEADER + "{}", json), Rejection.MALFORMED),
        arguments("BOM", FORGE.rs256("\uFEFF" + Forge.HEADER, json), Rejection.MALFORMED),
        arguments(
            "UTF-16",
            FORGE.rs256(
                Forge.HEADER.getBytes(StandardCharsets.UTF_16BE), Forge.utf8(Forge.claims())),
            Rejection.MALFORMED),
        arguments(
            "overlong UTF-8", FORGE.rs256(Forge.utf8(Forge.HEADER), badUtf8), Rejection.MALFORMED),
        arguments("comment", payload("/**/" + Forge.claims()), Rejection.MALFORMED),
        arguments(
            "single quotes", payload(Forge.claims().replace('"', '\'')), Rejection.MALFORMED));
  }

  private static Stream<Arguments> headers() {
    return Stream.of(
        arguments(
            "alg twice",
            FORGE.rs256("{\"typ\":\"JWT\",\"alg\":\"none\",\"alg\":\"RS256\"}", json()),
            Rejection.MALFORMED),
        arguments("alg twice, escaped", extra("\"\\u0061lg\":\"none\""), Rejection.MALFORMED),
        arguments("kid twice", extra("\"kid\":\"r1\",\"kid\":\"e1\""), Rejection.MALFORMED),
        arguments("nested name twice", extra("\"x\":{\"a\":1,\"a\":2}"), Rejection.MALFORMED),
        arguments("deep header", extra("\"x\":" + nested(2000)), Rejection.MALFORMED),
        arguments("crit", extra("\"crit\":[\"exp\"]"), Rejection.HEADER),
        arguments("empty crit", extra("\"crit\":[]"), Rejection.HEADER),
        arguments("b64 false", extra("\"b64\":false"), Rejection.HEADER),
        arguments("b64 true", extra("\"b64\":true"), Rejection.HEADER),
        arguments("zip", extra("\"zip\":\"DEF\""), Rejection.HEADER),
        arguments("jku", extra("\"jku\":\"https://evil.example/\""), Rejection.HEADER),
        arguments("x5u", extra("\"x5u\":\"https://evil.example/\""), Rejection.HEADER),
        arguments("x5c", extra("\"x5c\":[\"MIIB\"]"), Rejection.HEADER),
        arguments("null jwk", extra("\"jwk\":null"), Rejection.HEADER),
        arguments("embedded jwk", embeddedJwk(), Rejection.HEADER),
        arguments("kid is a list", extra("\"kid\":[\"r1\"]"), Rejection.HEADER),
        arguments("kid is null", extra("\"kid\":null"), Rejection.HEADER),
        arguments("kid is a number", extra("\"kid\":1"), Rejection.HEADER),
        arguments("kid is empty", extra("\"kid\":\"\""), Rejection.HEADER),
        arguments("kid is long", extra("\"kid\":\"" + "r".repeat(257) + "\""), Rejection.HEADER),
        arguments("cty JWT", extra("\"cty\":\"JWT\""), Rejection.HEADER),
        arguments("cty application/jwt", extra("\"cty\":\"Application/JWT\""), Rejection.HEADER),
        arguments("no typ", FORGE.rs256("{\"alg\":\"RS256\"}", Forge.claims()), Rejection.TYPE),
        arguments("typ id_token+jwt", typ("\"id_token+jwt\""), Rejection.TYPE),
        arguments("typ dpop+jwt", typ("\"dpop+jwt\""), Rejection.TYPE),
        arguments("typ is a list", typ("[\"JWT\"]"), Rejection.TYPE),
        arguments("typ is empty", typ("\"\""), Rejection.TYPE),
        arguments("typ text/jwt", typ("\"text/jwt\""), Rejection.TYPE));
  }

  private static Stream<Arguments> keys() {
    return Stream.of(
        arguments("alg none", unsigned("none"), Rejection.ALGORITHM),
        arguments("alg None", unsigned("None"), Rejection.ALGORITHM),
        arguments("alg nOnE", unsigned("nOnE"), Rejection.ALGORITHM),
        arguments("no alg", FORGE.rs256("{\"typ\":\"JWT\"}", Forge.claims()), Rejection.ALGORITHM),
        arguments("alg is a list", alg("[\"RS256\"]"), Rejection.ALGORITHM),
        arguments("alg rs256", alg("\"rs256\""), Rejection.ALGORITHM),
        arguments("alg with a space", alg("\"RS256 \""), Rejection.ALGORITHM),
        arguments("alg not of the issuer", alg("\"RS512\""), Rejection.ALGORITHM),
        arguments("alg ES256K", alg("\"ES256K\""), Rejection.ALGORITHM),
        arguments("HS256 with the modulus", hs256(modulus()), Rejection.ALGORITHM),
        arguments("HS256 with the DER", hs256(publicKey().getEncoded()), Rejection.ALGORITHM),
        arguments("HS256 with the PEM", hs256(Forge.utf8(pem())), Rejection.ALGORITHM),
        arguments("HS256 with nothing", hs256(new byte[1]), Rejection.ALGORITHM),
        arguments("ES256 with the RSA key's kid", kid("ES256", "r1"), Rejection.ALGORITHM),
        arguments("RS256 with the EC key's kid", kid("RS256", "e1"), Rejection.ALGORITHM),
        arguments("kid unknown", kid("RS256", "r2"), Rejection.KEY),
        arguments("kid traversal", kid("RS256", "../../../../dev/null"), Rejection.KEY),
        arguments("kid SQL", kid("RS256", "r1' OR '1'='1"), Rejection.KEY),
        arguments("kid NUL", kid("RS256", "r1\\u0000"), Rejection.KEY),
        arguments("kid in upper case", kid("RS256", "R1"), Rejection.KEY),
        arguments("stranger's key", stranger(), Rejection.SIGNATURE),
        arguments("key of the other issuer", SECOND.good(), Rejection.SIGNATURE),
        arguments("issuer swapped", swapped(), Rejection.SIGNATURE),
        arguments(
            "zero RSA signature", signature("RS256", "r1", new byte[256]), Rejection.SIGNATURE),
        arguments(
            "short RSA signature", signature("RS256", "r1", new byte[255]), Rejection.SIGNATURE),
        arguments(
            "long RSA signature", signature("RS256", "r1", new byte[257]), Rejection.SIGNATURE),
        arguments("zero ES256", signature("ES256", "e1", new byte[64]), Rejection.SIGNATURE),
        arguments("zero r", signature("ES256", "e1", half(32)), Rejection.SIGNATURE),
        arguments("zero s", signature("ES256", "e1", half(0)), Rejection.SIGNATURE),
        arguments("short ES256", signature("ES256", "e1", new byte[63]), Rejection.SIGNATURE),
        arguments("one byte ES256", signature("ES256", "e1", new byte[] {1}), Rejection.SIGNATURE),
        arguments("ES256 as DER", derSigned(), Rejection.SIGNATURE),
        arguments("payload of another token", mixed(), Rejection.SIGNATURE));
  }

  private static Stream<Arguments> payloads() {
    return Stream.of(
        arguments("payload is a list", payload("[]"), Rejection.MALFORMED),
        arguments("payload is text", payload("foo"), Rejection.MALFORMED),
        arguments("sub twice", payload(Forge.plus("\"sub\":\"bob\"")), Rejection.MALFORMED),
        arguments(
            "sub twice, escaped", payload(Forge.plus("\"s\\u0075b\":\"b\"")), Rejection.MALFORMED),
        arguments(
            "nested twice", payload(Forge.plus("\"a\":[{\"b\":1,\"b\":1}]")), Rejection.MALFORMED),
        arguments("trailing object", payload(Forge.claims() + "{}"), Rejection.MALFORMED),
        arguments("trailing brace", payload(Forge.claims() + "}"), Rejection.MALFORMED),
        arguments(
            "trailing comma", payload(Forge.plus("").replace(",}", ",}")), Rejection.MALFORMED),
        arguments("depth 17", payload(Forge.plus("\"d\":" + nested(16))), Rejection.MALFORMED),
        arguments("depth 5000", payload(Forge.plus("\"d\":" + nested(5000))), Rejection.MALFORMED),
        arguments(
            "number of 65 digits",
            payload(Forge.plus("\"n\":" + "9".repeat(65))),
            Rejection.MALFORMED),
        arguments(
            "long name", payload(Forge.plus("\"" + "n".repeat(300) + "\":1")), Rejection.MALFORMED),
        arguments("NaN", payload(Forge.with("exp", "\"exp\":NaN")), Rejection.MALFORMED),
        arguments("Infinity", payload(Forge.with("exp", "\"exp\":Infinity")), Rejection.MALFORMED),
        arguments(
            "leading zero", payload(Forge.with("exp", "\"exp\":01800000600")), Rejection.MALFORMED),
        arguments("iss missing", payload(Forge.with("iss", "")), Rejection.ISSUER),
        arguments("iss unknown", iss("\"https://evil.example/\""), Rejection.ISSUER),
        arguments("iss without slash", iss("\"https://idp.example.org\""), Rejection.ISSUER),
        arguments("iss in upper case", iss("\"HTTPS://IDP.EXAMPLE.ORG/\""), Rejection.ISSUER),
        arguments("iss is a list", iss("[\"" + Forge.ISSUER + "\"]"), Rejection.ISSUER),
        arguments("iss is null", iss("null"), Rejection.ISSUER));
  }

  private static Stream<Arguments> audiences() {
    return Stream.of(
            "",
            "\"aud\":\"other\"",
            "\"aud\":\"\"",
            "\"aud\":\"KEYVEIL\"",
            "\"aud\":[]",
            "\"aud\":[\"other\"]",
            "\"aud\":[\"keyveil\",7]",
            "\"aud\":[[\"keyveil\"]]",
            "\"aud\":null",
            "\"aud\":{\"keyveil\":1}",
            "\"aud\":\"keyveil,other\"",
            "\"aud\":7")
        .map(aud -> arguments("aud: " + aud, payload(Forge.with("aud", aud)), Rejection.AUDIENCE));
  }

  private static Stream<Arguments> times() {
    Stream<Arguments> forms =
        Stream.of(
                "",
                "\"exp\":\"1800000600\"",
                "\"exp\":null",
                "\"exp\":true",
                "\"exp\":[1800000600]",
                "\"exp\":1800000600.5",
                "\"exp\":1e400",
                "\"exp\":1e999999999",
                "\"exp\":-1",
                "\"exp\":-1e400",
                "\"exp\":18446744073709551616",
                "\"exp\":9223372036854775807",
                "\"exp\":253402300800",
                "\"exp\":1e-400")
            .map(
                exp -> arguments("form " + exp, payload(Forge.with("exp", exp)), Rejection.CLAIMS));
    return Stream.concat(
        forms,
        Stream.of(
            arguments(
                "exponent that does not fit",
                payload(Forge.with("exp", "\"exp\":1e99999999999")),
                Rejection.MALFORMED),
            arguments("expired", payload(exp(NOW - 30)), Rejection.EXPIRED),
            arguments("exp 0", payload(exp(0)), Rejection.EXPIRED),
            arguments("lives too long", payload(exp(NOW + 86_401)), Rejection.LIFE),
            arguments("lives till 9999", payload(exp(253_402_300_799L)), Rejection.LIFE),
            arguments(
                "too long without iat",
                payload(exp(NOW + 86_401).replace(",\"iat\":" + NOW, "")),
                Rejection.LIFE),
            arguments("old iat", payload(Forge.with("iat", "\"iat\":0")), Rejection.LIFE),
            arguments(
                "nbf later", payload(Forge.plus("\"nbf\":" + (NOW + 31))), Rejection.NOT_YET_VALID),
            arguments(
                "nbf far", payload(Forge.plus("\"nbf\":253402300799")), Rejection.NOT_YET_VALID),
            arguments(
                "iat later",
                payload(Forge.with("iat", "\"iat\":" + (NOW + 31))),
                Rejection.NOT_YET_VALID),
            arguments("nbf text", payload(Forge.plus("\"nbf\":\"0\"")), Rejection.CLAIMS),
            arguments("nbf null", payload(Forge.plus("\"nbf\":null")), Rejection.CLAIMS),
            arguments(
                "iat fraction", payload(Forge.with("iat", "\"iat\":1.5")), Rejection.CLAIMS)));
  }

  private static Stream<Arguments> claims() {
    return Stream.of(
            Forge.with("sub", ""),
            Forge.with("sub", "\"sub\":7"),
            Forge.with("sub", "\"sub\":null"),
            Forge.with("sub", "\"sub\":[\"alice\"]"),
            sub(""),
            sub("x".repeat(257)),
            sub("a\\nb"),
            sub("a\\u0000b"),
            sub("a\\ud800b"),
            sub("a\\u0085b"),
            Forge.plus("\"cnf\":{\"jkt\":\"x\"}"),
            Forge.plus("\"cnf\":null"),
            Forge.plus("\"scope\":7"),
            Forge.plus("\"scope\":[1]"),
            Forge.plus("\"scp\":{}"),
            Forge.plus("\"client_id\":7"),
            Forge.plus("\"azp\":\"\""))
        .map(claims -> arguments(claims, payload(claims), Rejection.CLAIMS));
  }

  @Test
  void neverAcceptsAMutatedToken() {
    long seed = new Random().nextLong();
    System.out.println("seed of neverAcceptsAMutatedToken: " + seed);
    Random random = new Random(seed);
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ ";
    for (String good :
        List.of(FORGE.good(), FORGE.es256(header("ES256", ",\"kid\":\"e1\""), Forge.claims()))) {
      for (int round = 0; round < 1500; round++) {
        StringBuilder mutated = new StringBuilder(good);
        int at = random.nextInt(good.length());
        char to = alphabet.charAt(random.nextInt(alphabet.length()));
        switch (random.nextInt(3)) {
          case 0 -> mutated.setCharAt(at, to);
          case 1 -> mutated.insert(at, to);
          default -> mutated.deleteCharAt(at);
        }
        boolean same = mutated.toString().equals(good);
        assertThat(verify(mutated.toString()) instanceof Verified)
            .as("seed %d round %d at %d", seed, round, at)
            .isEqualTo(same);
      }
    }
  }

  @Test
  void tellsWhoTheTokenSpeaksFor() {
    String claims =
        Forge.plus(
            "\"scope\":\"files:read  files:all\",\"scp\":[\"x\"],\"azp\":\"portal\",\"patient\":"
                + "[\"p-17\",\"p-18\"],\"age\":7,\"vip\":true,\"nested\":{\"a\":1},\"rate\":1.5");
    Token token = Token.of(payload(claims));
    Subject subject = subject(await(verifier.verify(token)));
    assertThat(subject.issuer()).isEqualTo(Forge.ISSUER);
    assertThat(subject.name()).isEqualTo("alice");
    assertThat(subject.client()).contains("portal");
    assertThat(subject.scopes()).containsExactlyInAnyOrder("files:read", "files:all", "x");
    assertThat(subject.hasClaim("patient", "p-18")).isTrue();
    assertThat(subject.hasClaim("age", "7")).isTrue();
    assertThat(subject.hasClaim("vip", "true")).isTrue();
    assertThat(subject.hasClaim("nested", "1")).isFalse();
    assertThat(subject.hasClaim("rate", "1.5")).isFalse();
    assertThat(subject.tokenDigest()).isEqualTo(token.digest());
    assertThat(subject.expiresAt()).isEqualTo(Forge.NOW.plusSeconds(600));
  }

  @Test
  void keepsIssuersApart() {
    String claims = Forge.claims().replace(Forge.ISSUER, SECOND_ISSUER);
    assertThat(verify(SECOND.rs256(Forge.HEADER, claims))).isInstanceOf(Verified.class);
    assertThat(verify(FORGE.rs256(Forge.HEADER, claims)))
        .isEqualTo(new Rejected(Rejection.SIGNATURE));
  }

  @Test
  void rejectsARememberedTokenOnceItHasExpired() throws IOException {
    SteerableClock clock = new SteerableClock(Forge.NOW);
    JwtVerifier own = own("expiry.json", FORGE.jwks(), clock);
    assertThat(await(own.verify(Token.of(FORGE.good())))).isInstanceOf(Verified.class);
    clock.move(Duration.ofSeconds(629));
    assertThat(await(own.verify(Token.of(FORGE.good())))).isInstanceOf(Verified.class);
    clock.move(Duration.ofSeconds(1));
    assertThat(await(own.verify(Token.of(FORGE.good()))))
        .isEqualTo(new Rejected(Rejection.EXPIRED));
    await(own.close());
  }

  @Test
  void rejectsARememberedTokenOnceItsKeyIsGone() throws IOException {
    SteerableClock clock = new SteerableClock(Forge.NOW);
    JwtVerifier own = own("rotation.json", FORGE.jwks(), clock);
    assertThat(await(own.verify(Token.of(FORGE.good())))).isInstanceOf(Verified.class);
    write("rotation.json", "{\"keys\":[" + Forge.rsaJwk("r2", STRANGER) + "]}");
    await(own.tickAll());
    assertThat(await(own.verify(Token.of(FORGE.good())))).isEqualTo(new Rejected(Rejection.KEY));
    await(own.close());
  }

  @Test
  void rejectsARememberedTokenOnceItsKeyIsAnotherOfTheSameName() throws IOException {
    JwtVerifier own = own("swap.json", FORGE.jwks(), new SteerableClock(Forge.NOW));
    assertThat(await(own.verify(Token.of(FORGE.good())))).isInstanceOf(Verified.class);
    write("swap.json", "{\"keys\":[" + Forge.rsaJwk("r1", STRANGER) + "]}  ");
    await(own.tickAll());
    assertThat(await(own.verify(Token.of(FORGE.good()))))
        .isEqualTo(new Rejected(Rejection.SIGNATURE));
    await(own.close());
  }

  @Test
  void needsTheKidWhereTwoKeysFit() throws IOException {
    String keys =
        "{\"keys\":[" + Forge.rsaJwk("r1", FORGE.rsa) + "," + Forge.rsaJwk("r2", STRANGER) + "]}";
    JwtVerifier own = own("two.json", keys, new SteerableClock(Forge.NOW));
    String without = FORGE.rs256(header("RS256", ""), Forge.claims());
    assertThat(await(own.verify(Token.of(without)))).isEqualTo(new Rejected(Rejection.KEY));
    assertThat(await(own.verify(Token.of(FORGE.good())))).isInstanceOf(Verified.class);
    await(own.close());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "{\"keys\":[]}", "not json", "{\"keys\":[{\"kty\":\"x\"}]}"})
  void neverAcceptsATokenWithoutKeys(String set) throws IOException {
    JwtVerifier own = own("none.json", set, new SteerableClock(Forge.NOW));
    assertThat(own.unready()).containsOnlyKeys(Forge.ISSUER);
    assertThat(own.unready().get(Forge.ISSUER)).isNotEmpty().doesNotContain("\n");
    for (String token : List.of(FORGE.good(), unsigned("none"))) {
      Future<Verification> verdict = own.verify(Token.of(token));
      if (token.equals(FORGE.good())) {
        assertThatThrownBy(() -> await(verdict)).isInstanceOf(KeysUnavailableException.class);
      } else {
        assertThat(await(verdict)).isEqualTo(new Rejected(Rejection.ALGORITHM));
      }
    }
    await(own.close());
  }

  @Test
  void isUnreadyWithoutItsFile() {
    Path missing = folder.resolve("missing.json");
    JwtVerifier own =
        JwtVerifier.create(
            vertx,
            settings(issuer(Forge.ISSUER, "file:" + missing)),
            new SteerableClock(Forge.NOW));
    await(own.start());
    assertThat(own.unready()).containsEntry(Forge.ISSUER, "cannot read " + missing);
    await(own.close());
  }

  private static JwtVerifier own(String file, String set, SteerableClock clock) throws IOException {
    JwtVerifier own =
        JwtVerifier.create(vertx, settings(issuer(Forge.ISSUER, write(file, set))), clock);
    await(own.start());
    return own;
  }

  private static TokenSettings settings(IssuerSettings... issuers) {
    TokenSettings base = TokenSettings.DEFAULTS;
    return new TokenSettings(
        base.leeway(),
        base.maxLife(),
        base.types(),
        base.cookie(),
        base.maxLength(),
        base.cacheSize(),
        base.keysRefresh(),
        base.keysMaxAge(),
        List.of(issuers));
  }

  private static IssuerSettings issuer(String name, String jwks) {
    return IssuerSettings.of(name, "keyveil", jwks, IssuerSettings.DEFAULT_ALGORITHMS);
  }

  @CanIgnoreReturnValue
  private static String write(String name, String text) throws IOException {
    return "file:" + Files.writeString(folder.resolve(name), text);
  }

  private static Verification verify(String token) {
    return await(verifier.verify(Token.of(token)));
  }

  private static Subject subject(Verification verification) {
    return verification.match(Optional::of, reason -> Optional.<Subject>empty()).orElseThrow();
  }

  static <T> T await(Future<T> future) {
    try {
      return future.await(20, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("nothing came", e);
    }
  }

  private static String header(String alg, String more) {
    return "{\"typ\":\"at+jwt\",\"alg\":\"" + alg + "\"" + more + "}";
  }

  private static String payload(String claims) {
    return FORGE.rs256(Forge.HEADER, claims);
  }

  private static String exp(long seconds) {
    return Forge.claims().replace("\"exp\":" + (NOW + 600), "\"exp\":" + seconds);
  }

  private static String iss(String value) {
    return payload(Forge.with("iss", "\"iss\":" + value));
  }

  private static String sub(String value) {
    return Forge.with("sub", "\"sub\":\"" + value + "\"");
  }

  private static String nested(int depth) {
    return "[".repeat(depth) + "]".repeat(depth);
  }

  private static String json() {
    return Forge.claims();
  }

  private static String alg(String value) {
    return FORGE.rs256("{\"typ\":\"JWT\",\"alg\":" + value + "}", Forge.claims());
  }

  private static String typ(String value) {
    return FORGE.rs256("{\"alg\":\"RS256\",\"typ\":" + value + "}", Forge.claims());
  }

  private static String extra(String member) {
    return FORGE.rs256(header("RS256", "," + member), Forge.claims());
  }

  private static String kid(String alg, String kid) {
    return FORGE.rs256(header(alg, ",\"kid\":\"" + kid + "\""), Forge.claims());
  }

  private static String unsigned(String alg) {
    String input = Forge.input(Forge.utf8(header(alg, "")), Forge.utf8(Forge.claims()));
    return input + "." + Base64Url.encode(new byte[] {1, 2, 3});
  }

  private static String signature(String alg, String kid, byte[] signature) {
    String header = header(alg, ",\"kid\":\"" + kid + "\"");
    return Forge.input(Forge.utf8(header), Forge.utf8(Forge.claims()))
        + "."
        + Base64Url.encode(signature);
  }

  private static byte[] half(int from) {
    byte[] signature = new byte[64];
    IntStream.range(from, from + 32).forEach(i -> signature[i] = 7);
    return signature;
  }

  private static String derSigned() {
    String header = header("ES256", ",\"kid\":\"e1\"");
    return Forge.signed(
        "SHA256withECDSA",
        FORGE.ec.getPrivate(),
        Forge.input(Forge.utf8(header), Forge.utf8(Forge.claims())));
  }

  private static String stranger() {
    return Forge.signed(
        "SHA256withRSA",
        STRANGER.getPrivate(),
        Forge.input(Forge.utf8(Forge.HEADER), Forge.utf8(Forge.claims())));
  }

  /** Signed with the first issuer's key, in the second issuer's name. */
  private static String swapped() {
    return payload(Forge.claims().replace(Forge.ISSUER, SECOND_ISSUER));
  }

  private static String mixed() {
    String[] good = FORGE.good().split("\\.", -1);
    String[] other = payload(sub("bob")).split("\\.", -1);
    return other[0] + "." + other[1] + "." + good[2];
  }

  private static String embeddedJwk() {
    String header = header("RS256", ",\"jwk\":" + Forge.rsaJwk("r1", STRANGER));
    return Forge.signed(
        "SHA256withRSA",
        STRANGER.getPrivate(),
        Forge.input(Forge.utf8(header), Forge.utf8(Forge.claims())));
  }

  private static String hs256(byte[] secret) {
    try {
      String header = header("HS256", ",\"kid\":\"r1\"");
      String input = Forge.input(Forge.utf8(header), Forge.utf8(Forge.claims()));
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      return input + "." + Base64Url.encode(mac.doFinal(Forge.utf8(input)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static PublicKey publicKey() {
    return FORGE.rsa.getPublic();
  }

  private static byte[] modulus() {
    return ((RSAPublicKey) publicKey()).getModulus().toByteArray();
  }

  private static String pem() {
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getMimeEncoder().encodeToString(publicKey().getEncoded())
        + "\n-----END PUBLIC KEY-----\n";
  }

  /** 256 bytes leave four bits of the last character unused: sets one of them. */
  private static String strayBits(String token) {
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    int last = alphabet.indexOf(token.charAt(token.length() - 1));
    return token.substring(0, token.length() - 1) + alphabet.charAt(last | 1);
  }
}
