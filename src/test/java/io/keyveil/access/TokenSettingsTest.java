package io.keyveil.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class TokenSettingsTest {
  private static final Duration LEEWAY = Duration.ofSeconds(30);
  private static final Duration LIFE = Duration.ofHours(24);
  private static final Duration REFRESH = Duration.ofMinutes(5);
  private static final Duration MAX_AGE = Duration.ofHours(24);
  private static final List<String> TYPES = List.of("at+jwt");

  @ParameterizedTest(name = "{0}")
  @MethodSource("badSettings")
  void refusesABadSettingWithOneLine(String message, ThrowingCallable settings) {
    assertThatThrownBy(settings).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  static Stream<Arguments> badSettings() {
    String place = " (expected: https://HOST/PATH, http://HOST/PATH, file:PATH or discovery)";
    return Stream.of(
        row("leeway: -1s (expected: 0 to 5m)", () -> times(Duration.ofSeconds(-1), LIFE, REFRESH)),
        row(
            "leeway: 5m1s (expected: 0 to 5m)",
            () -> times(Duration.ofSeconds(301), LIFE, REFRESH)),
        row("maxLife: 0 (expected: 1s to 8784h)", () -> times(LEEWAY, Duration.ZERO, REFRESH)),
        row(
            "keysRefresh: 1s (expected: 10s to 24h)",
            () -> times(LEEWAY, LIFE, Duration.ofSeconds(1))),
        row(
            "keysMaxAge: 24h (expected: 24h1s to 720h)",
            () -> times(LEEWAY, LIFE, Duration.ofHours(24))),
        row(
            "types: an empty list (expected: at least one, such as at+jwt)",
            () -> rest(List.of(), "", 256, 0)),
        row("types: a b (expected: names such as at+jwt)", () -> rest(List.of("a b"), "", 256, 0)),
        row("types: nothing (expected: names such as at+jwt)", () -> rest(List.of(""), "", 256, 0)),
        row("cookie: a;b (expected: a cookie name, or nothing)", () -> rest(TYPES, "a;b", 256, 0)),
        row("maxLength: 255 (expected: 256 to 65536)", () -> rest(TYPES, "", 255, 0)),
        row("cacheSize: -1 (expected: 0 to 1000000)", () -> rest(TYPES, "", 256, -1)),
        row("issuers: a twice (expected: each issuer once)", TokenSettingsTest::twice),
        row(
            "issuer: nothing (expected: 1 to 256 characters, as in the tokens' iss)",
            () -> issuer("", "a", "file:x")),
        row("jwks: nothing" + place, () -> issuer("a", "a", "")),
        row("jwks: file:" + place, () -> issuer("a", "a", "file:")),
        row("jwks: ftp://x/y" + place, () -> issuer("a", "a", "ftp://x/y")),
        row("jwks: https:///y" + place, () -> issuer("a", "a", "https:///y")),
        row("jwks: https://u:p@x/" + place, () -> issuer("a", "a", "https://u:p@x/")),
        row("jwks: x.json" + place, () -> issuer("a", "a", "x.json")),
        row("algorithms: [] (expected: at least one, none of them twice)", () -> algorithms()),
        row(
            "algorithms: [RS256, RS256] (expected: at least one, none of them twice)",
            () -> algorithms(Algorithm.RS256, Algorithm.RS256)),
        row(
            "jwks: discovery (expected: an issuer that is a URL, or where the JWK set is)",
            () -> issuer("a", "a", "discovery")),
        row(
            "algorithms: HS256 (expected: public-key algorithms alone, as there is no secret)",
            () -> algorithms(Algorithm.RS256, Algorithm.HS256)),
        row(
            "algorithms: RS256 (expected: HS256, HS384 or HS512 alone, as there is a secret)",
            () -> secret("x".repeat(64), "", Algorithm.HS256, Algorithm.RS256)),
        row(
            "jwks: file:x (expected: nothing beside a secret: an issuer has keys or a secret)",
            () -> secret("x".repeat(64), "file:x", Algorithm.HS256)),
        row(
            "secret: a secret of 31 bytes (expected: at least 32 for HS256)",
            () -> secret("x".repeat(31), "", Algorithm.HS256)),
        row(
            "secret: a secret of 63 bytes (expected: at least 64 for HS512)",
            () -> secret("x".repeat(63), "", Algorithm.HS512)),
        row(
            "scopeClaims: /a~2 (expected: names, or JSON pointers such as /realm_access/roles)",
            () ->
                issuer(
                    "file:x",
                    Optional.empty(),
                    IssuerSettings.DEFAULT_ALGORITHMS,
                    List.of("/a~2"))));
  }

  @Test
  void hasDefaultsThatAcceptNoToken() {
    assertThat(TokenSettings.DEFAULTS.issuers()).isEmpty();
    assertThat(TokenSettings.DEFAULTS.types()).containsExactly("at+jwt", "JWT");
  }

  @Test
  void tellsWhereTheKeysAre() {
    assertThat(issuer("a", "", "file:keys/x.json").keysInFile()).isTrue();
    assertThat(issuer("a", "", "HTTP://127.0.0.1:8080/x").keysOverPlainHttp()).isTrue();
    assertThat(issuer("a", "", "https://idp/x").keysOverPlainHttp()).isFalse();
  }

  private static Arguments row(String message, ThrowingCallable settings) {
    return arguments(message, settings);
  }

  private static TokenSettings times(Duration leeway, Duration life, Duration refresh) {
    return new TokenSettings(leeway, life, TYPES, "", 256, 0, refresh, MAX_AGE, List.of());
  }

  private static TokenSettings rest(List<String> types, String cookie, int length, int cache) {
    return new TokenSettings(
        LEEWAY, LIFE, types, cookie, length, cache, REFRESH, MAX_AGE, List.of());
  }

  private static TokenSettings twice() {
    List<IssuerSettings> same = List.of(issuer("a", "b", "file:x"), issuer("a", "c", "file:y"));
    return new TokenSettings(LEEWAY, LIFE, TYPES, "", 256, 0, REFRESH, MAX_AGE, same);
  }

  private static IssuerSettings issuer(String issuer, String audience, String jwks) {
    return IssuerSettings.of(issuer, audience, jwks, IssuerSettings.DEFAULT_ALGORITHMS);
  }

  private static IssuerSettings secret(String secret, String jwks, Algorithm... algorithms) {
    return issuer(jwks, Optional.of(SharedSecret.of(secret)), List.of(algorithms), List.of("scp"));
  }

  private static IssuerSettings issuer(
      String jwks,
      Optional<SharedSecret> secret,
      List<Algorithm> algorithms,
      List<String> scopeClaims) {
    return new IssuerSettings(
        "a",
        List.of("a"),
        jwks,
        secret,
        algorithms,
        List.of(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        scopeClaims,
        List.of());
  }

  private static IssuerSettings algorithms(Algorithm... algorithms) {
    return IssuerSettings.of("a", "a", "file:x", List.of(algorithms));
  }
}
