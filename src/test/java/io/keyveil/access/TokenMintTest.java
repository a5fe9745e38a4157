package io.keyveil.access;

import static io.keyveil.access.JwtVerifierTest.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.access.TokenMint.Grant;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TokenMintTest {
  private static final SteerableClock CLOCK = new SteerableClock(Forge.NOW);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Grant GRANT =
      new Grant(
          Forge.ISSUER,
          "keyveil",
          "alice",
          Set.of("files:read"),
          Map.of("patient", List.of("p-17", "p-18"), "role", List.of("doctor")),
          Duration.ofMinutes(10));

  @TempDir Path folder;

  @Test
  void mintsWhatTheVerifierAccepts() throws IOException {
    IssuerKeyPair pair = IssuerKeyPair.generate(RANDOM);
    TokenMint mint = TokenMint.of(pair.privatePem(), Optional.empty(), CLOCK, RANDOM);
    assertThat(mint.kid()).contains(pair.kid());
    Subject subject = verified(mint, pair.jwkSet().toString());
    assertThat(subject.name()).isEqualTo("alice");
    assertThat(subject.hasScope("files:read")).isTrue();
    assertThat(subject.hasClaim("patient", "p-18")).isTrue();
    assertThat(subject.hasClaim("role", "doctor")).isTrue();
    assertThat(subject.expiresAt()).isEqualTo(Forge.NOW.plusSeconds(600));
  }

  @Test
  void mintsWithAnEcKeyAndAGivenKid() throws IOException {
    Forge forge = new Forge();
    String pem = Pem.write(forge.ec.getPrivate());
    TokenMint mint = TokenMint.of(pem, Optional.of("e1"), CLOCK, RANDOM);
    assertThat(mint.algorithm()).isEqualTo(Algorithm.ES256);
    assertThat(verified(mint, forge.jwks()).name()).isEqualTo("alice");
    assertThat(TokenMint.of(pem, Optional.empty(), CLOCK, RANDOM).kid()).isEmpty();
  }

  @Test
  void givesEveryTokenItsOwnId() {
    TokenMint mint =
        TokenMint.of(IssuerKeyPair.generate(RANDOM).privatePem(), Optional.empty(), CLOCK, RANDOM);
    assertThat(claims(mint.mint(GRANT)).path("jti"))
        .isNotEqualTo(claims(mint.mint(GRANT)).path("jti"));
  }

  @Test
  void letsNoFurtherClaimReplaceAnOwnOne() {
    TokenMint mint =
        TokenMint.of(IssuerKeyPair.generate(RANDOM).privatePem(), Optional.empty(), CLOCK, RANDOM);
    Grant grant =
        new Grant(
            "i", "a", "alice", Set.of(), Map.of("sub", List.of("bob")), Duration.ofMinutes(1));
    assertThat(claims(mint.mint(grant)).path("sub").textValue()).isEqualTo("alice");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "secret",
        "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\n!!!!\n-----END PRIVATE KEY-----",
        "-----END PRIVATE KEY----------BEGIN PRIVATE KEY-----"
      })
  void refusesABadPemWithOneLine(String pem) {
    assertThatThrownBy(() -> TokenMint.of(pem, Optional.empty(), CLOCK, RANDOM))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("private key: ")
        .hasMessageContaining("(expected: \"-----BEGIN PRIVATE KEY-----\" with RSA")
        .hasMessageNotContaining("\n")
        .hasMessageNotContaining("c2VjcmV0");
  }

  @Test
  void keepsThePrivateKeyToItself() {
    IssuerKeyPair pair = IssuerKeyPair.generate(RANDOM);
    assertThat(pair).hasToString("IssuerKeyPair[" + pair.kid() + "]");
    assertThat(pair.jwkSet().path("keys").path(0).has("d")).isFalse();
  }

  private Subject verified(TokenMint mint, String jwks) throws IOException {
    Path file = Files.writeString(folder.resolve("jwks.json"), jwks);
    IssuerSettings issuer =
        IssuerSettings.of(
            Forge.ISSUER, "keyveil", "file:" + file, IssuerSettings.DEFAULT_ALGORITHMS);
    TokenSettings settings =
        new TokenSettings(
            Duration.ZERO,
            Duration.ofHours(1),
            List.of("at+jwt"),
            "",
            4096,
            0,
            Duration.ofMinutes(5),
            Duration.ofHours(1),
            List.of(issuer));
    Vertx vertx = Vertx.vertx();
    JwtVerifier verifier = JwtVerifier.create(vertx, settings, CLOCK);
    await(verifier.start());
    Verification verification = await(verifier.verify(Token.of(mint.mint(GRANT))));
    await(vertx.close());
    return verification
        .match(Optional::of, reason -> Optional.<Subject>empty())
        .orElseThrow(() -> new AssertionError(verification));
  }

  private static ObjectNode claims(String token) {
    return Jws.parse(token, 4096)
        .then(Jws::claims)
        .match(Optional::of, reason -> Optional.<ObjectNode>empty())
        .orElseThrow();
  }
}
