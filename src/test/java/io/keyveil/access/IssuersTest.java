package io.keyveil.access;

import static io.keyveil.access.JwtVerifierTest.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyveil.access.Verification.Rejected;
import io.keyveil.access.Verification.Verified;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each issuer may say of its own tokens and keys. */
final class IssuersTest {
  private static final String SECRET = "a secret of thirty-two bytes or more";
  private static final Forge FORGE = new Forge();
  private static final SteerableClock CLOCK = new SteerableClock(Forge.NOW);
  private static final long NOW = Forge.NOW.getEpochSecond();

  @TempDir private Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final Map<String, String> documents = new ConcurrentHashMap<>();
  private HttpServer server;

  @BeforeEach
  void serve() {
    server = await(vertx.createHttpServer().requestHandler(this::answer).listen(0, "127.0.0.1"));
  }

  @AfterEach
  void stop() {
    await(vertx.close());
  }

  private void answer(HttpServerRequest request) {
    String document = documents.get(request.path());
    request.response().setStatusCode(document == null ? 404 : 200);
    var unused = request.response().end(document == null ? "" : document);
  }

  @Test
  void acceptsWhatASharedSecretSigned() {
    JwtVerifier verifier = verifier(secret("HS256"));
    assertThat(verify(verifier, hs("HS256", "", SECRET))).isInstanceOf(Verified.class);
    assertThat(verify(verifier, hs("HS256", ",\"kid\":\"any\"", SECRET)))
        .isInstanceOf(Verified.class);
    assertThat(verifier.unready()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "HS256, a secret of thirty-two bytes or m0re, SIGNATURE",
    "HS384, a secret of thirty-two bytes or more, ALGORITHM",
    "HS512, a secret of thirty-two bytes or more, ALGORITHM",
    "none,  a secret of thirty-two bytes or more, ALGORITHM",
    "RS256, a secret of thirty-two bytes or more, ALGORITHM"
  })
  void rejectsAnyOtherSignatureWhereASecretIsShared(
      String algorithm, String secret, Rejection reason) {
    assertThat(verify(verifier(secret("HS256")), hs(algorithm, "", secret)))
        .isEqualTo(new Rejected(reason));
  }

  @Test
  void neverTakesAKeyPairsTokenForASecrets() {
    assertThat(verify(verifier(secret("HS256")), FORGE.good()))
        .isEqualTo(new Rejected(Rejection.ALGORITHM));
  }

  @Test
  void hidesTheSecret() {
    IssuerSettings issuer = secret("HS256");
    assertThat(issuer.toString()).doesNotContain("thirty-two");
    String secret = Base64Url.encode(Forge.utf8(SECRET));
    assertThat(JwkSet.of(SharedSecret.of(SECRET), List.of(Algorithm.HS256)).toString())
        .isEqualTo("JwkSet[VerificationKey[- ***]]");
    assertThat(JwkMembers.secret(SharedSecret.of(SECRET)).toString()).doesNotContain(secret);
  }

  @Test
  void hasTypesAndTimesOfItsOwn() throws IOException {
    JwtVerifier verifier =
        verifier(
            issuer(
                List.of("x+jwt"), Optional.of(Duration.ZERO), Optional.of(Duration.ofMinutes(10))));
    assertThat(verify(verifier, FORGE.good())).isEqualTo(new Rejected(Rejection.TYPE));
    assertThat(verify(verifier, typed(Forge.claims()))).isInstanceOf(Verified.class);
    assertThat(verify(verifier, typed(Forge.with("exp", "\"exp\":" + NOW))))
        .isEqualTo(new Rejected(Rejection.EXPIRED));
    assertThat(verify(verifier, typed(Forge.with("exp", "\"exp\":" + (NOW + 601)))))
        .isEqualTo(new Rejected(Rejection.LIFE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\"sid\":null,\"ext\":{\"id\":\"1\"}",
        "\"sid\":\"\",\"ext\":{\"id\":\"1\"}",
        "\"sid\":\"s\",\"ext\":{}",
        "\"sid\":\"s\",\"ext\":{\"id\":[]}",
        "\"sid\":\"s\",\"/ext/id\":\"1\"",
        "\"sid\":\"s\",\"ext\":{\"id\":1},\"perms\":7",
        "\"sid\":\"s\",\"ext\":{\"id\":1},\"perms\":[\"a\",7]",
        "\"sid\":\"s\",\"ext\":{\"id\":1},\"realm\":{\"roles\":[{}]}"
      })
  void rejectsATokenWithoutWhatItsIssuerPromises(String members) throws IOException {
    String claims = members.isEmpty() ? Forge.claims() : Forge.plus(members);
    assertThat(verify(verifier(promising()), FORGE.rs256(Forge.HEADER, claims)))
        .isEqualTo(new Rejected(Rejection.CLAIMS));
  }

  @Test
  void readsScopesAndRolesWhereItsIssuerWritesThem() throws IOException {
    String claims =
        Forge.plus(
            "\"sid\":\"s\",\"ext\":{\"id\":1},\"scope\":\"no\",\"perms\":[\"a b\",\"c\"],"
                + "\"realm\":{\"roles\":[\"Care Coordinator\"]},\"jti\":\"t-1\"");
    Verification verification = verify(verifier(promising()), FORGE.rs256(Forge.HEADER, claims));
    Subject subject =
        verification.match(
            who -> who,
            reason -> {
              throw new AssertionError(reason);
            });
    assertThat(subject.scopes()).containsExactlyInAnyOrder("a", "b", "c");
    assertThat(subject.hasRole("Care Coordinator")).isTrue();
    assertThat(subject.hasRole("Care")).isFalse();
    assertThat(subject.tokenId()).contains("t-1");
  }

  @Test
  void acceptsAnyOfItsAudiences() throws IOException {
    JwtVerifier verifier = verifier(promising());
    String rest = "\"sid\":\"s\",\"ext\":{\"id\":1}";
    assertThat(verify(verifier, audience("\"aud\":\"second\"," + rest)))
        .isInstanceOf(Verified.class);
    assertThat(verify(verifier, audience("\"aud\":[\"x\",\"keyveil\"]," + rest)))
        .isInstanceOf(Verified.class);
    assertThat(verify(verifier, audience("\"aud\":[\"x\"]," + rest)))
        .isEqualTo(new Rejected(Rejection.AUDIENCE));
    assertThat(verify(verifier, audience("\"aud\":[]," + rest)))
        .isEqualTo(new Rejected(Rejection.AUDIENCE));
  }

  @Test
  void findsItsKeysWhereItsConfigurationSays() {
    documents.put("/keys", FORGE.jwks());
    configure(url(""), url("/keys"));
    JwtVerifier verifier = verifier(discovered());
    assertThat(verifier.unready()).isEmpty();
    String claims = Forge.claims().replace(Forge.ISSUER, url(""));
    assertThat(verify(verifier, FORGE.rs256(Forge.HEADER, claims))).isInstanceOf(Verified.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http://evil.example | /keys | it is another issuer's",
        "'' | ftp | no jwks_uri that is an https:// address",
        "'' | user | no jwks_uri that is an https:// address",
        "'' | none | no jwks_uri that is an https:// address"
      })
  void refusesAConfigurationThatLeadsElsewhere(String issuer, String place, String why) {
    documents.put("/keys", FORGE.jwks());
    Map<String, String> places =
        Map.of("ftp", "ftp://127.0.0.1/k", "user", "https://u:p@h/k", "none", "");
    configure(issuer.isEmpty() ? url("") : issuer, places.getOrDefault(place, url("/keys")));
    assertThat(verifier(discovered()).unready())
        .containsEntry(url(""), "OpenID configuration: " + why);
  }

  @Test
  void saysWhatIsWrongWithAConfigurationThatIsNotThere() {
    assertThat(verifier(discovered()).unready())
        .containsEntry(url(""), "OpenID configuration: status 404");
  }

  @Test
  void verifiesNothingOnceClosed() throws IOException {
    JwtVerifier verifier = verifier(issuer(List.of("at+jwt"), Optional.empty(), Optional.empty()));
    assertThat(verify(verifier, FORGE.good())).isInstanceOf(Verified.class);
    await(verifier.close());
    assertThatThrownBy(() -> verify(verifier, FORGE.good()))
        .isInstanceOf(KeysUnavailableException.class);
  }

  private void configure(String issuer, String place) {
    documents.put(
        "/.well-known/openid-configuration",
        "{\"issuer\":\"%s\",\"jwks_uri\":\"%s\"}".formatted(issuer, place));
  }

  private String url(String path) {
    return "http://127.0.0.1:" + server.actualPort() + path;
  }

  private IssuerSettings discovered() {
    return IssuerSettings.of(url(""), "keyveil", "discovery", IssuerSettings.DEFAULT_ALGORITHMS);
  }

  private static IssuerSettings secret(String algorithm) {
    return new IssuerSettings(
        Forge.ISSUER,
        List.of("keyveil"),
        "",
        Optional.of(SharedSecret.of(SECRET)),
        List.of(Algorithm.valueOf(algorithm)),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        IssuerSettings.DEFAULT_SCOPE_CLAIMS,
        IssuerSettings.DEFAULT_ROLE_CLAIMS);
  }

  private IssuerSettings issuer(
      List<String> types, Optional<Duration> leeway, Optional<Duration> life) throws IOException {
    return new IssuerSettings(
        Forge.ISSUER,
        List.of("keyveil"),
        keysFile(),
        Optional.empty(),
        IssuerSettings.DEFAULT_ALGORITHMS,
        types,
        leeway,
        life,
        List.of(),
        IssuerSettings.DEFAULT_SCOPE_CLAIMS,
        IssuerSettings.DEFAULT_ROLE_CLAIMS);
  }

  private IssuerSettings promising() throws IOException {
    return new IssuerSettings(
        Forge.ISSUER,
        List.of("keyveil", "second"),
        keysFile(),
        Optional.empty(),
        IssuerSettings.DEFAULT_ALGORITHMS,
        List.of(),
        Optional.empty(),
        Optional.empty(),
        List.of("sid", "/ext/id"),
        List.of("perms"),
        List.of("/realm/roles"));
  }

  private String keysFile() throws IOException {
    return "file:" + Files.writeString(folder.resolve("keys.json"), FORGE.jwks());
  }

  private JwtVerifier verifier(IssuerSettings issuer) {
    TokenSettings base = TokenSettings.DEFAULTS;
    JwtVerifier verifier =
        JwtVerifier.create(
            vertx,
            new TokenSettings(
                base.leeway(),
                base.maxLife(),
                base.types(),
                base.cookie(),
                base.maxLength(),
                base.cacheSize(),
                base.keysRefresh(),
                base.keysMaxAge(),
                List.of(issuer)),
            CLOCK);
    await(verifier.start());
    return verifier;
  }

  private static Verification verify(JwtVerifier verifier, String token) {
    return await(verifier.verify(Token.of(token)));
  }

  private static String typed(String claims) {
    return FORGE.rs256(Forge.HEADER.replace("at+jwt", "x+jwt"), claims);
  }

  private static String audience(String members) {
    return FORGE.rs256(Forge.HEADER, Forge.with("aud", "").replace("}", "," + members + "}"));
  }

  private static String hs(String algorithm, String more, String secret) {
    String header = "{\"typ\":\"JWT\",\"alg\":\"" + algorithm + "\"" + more + "}";
    String input = Forge.input(Forge.utf8(header), Forge.utf8(Forge.claims()));
    try {
      String mac = algorithm.startsWith("HS") ? "HmacSHA" + algorithm.substring(2) : "HmacSHA256";
      Mac engine = Mac.getInstance(mac);
      engine.init(new SecretKeySpec(Forge.utf8(secret), mac));
      return input + "." + Base64Url.encode(engine.doFinal(Forge.utf8(input)));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
