package io.keyveil.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What production refuses and development allows. */
final class ProfileRulesTest {
  @Test
  void refusesAllThatWouldLeakInProduction() {
    Map<String, String> leaky = leaky();
    assertThatThrownBy(() -> read(leaky))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage(
            """
            listen.publicUrl: http://files.example.org (expected: in production https://)
            listen.tls: off (expected: in production a certificate and key, or \
            listen.trustedProxies that end TLS)
            tokens.issuers.0.audience: nothing (expected: in production the name this gateway has \
            in the tokens' aud)
            tokens.issuers.0.jwks: http://127.0.0.1/jwks.json (expected: in production keys that \
            come by https:// or from a file:)
            s3.endpoint: http://s3.example.org (expected: in production https://, or http:// on \
            this machine)
            s3.publicEndpoint: http://10.0.0.1:9000 (expected: in production https://, or http:// \
            on this machine)\
            """);
  }

  @Test
  void allowsTheSameInDevelopment() {
    Map<String, String> leaky = leaky();
    leaky.put("KEYVEIL_PROFILE", "development");
    assertThat(ConfigReader.read(leaky).profile()).isEqualTo(Profile.DEVELOPMENT);
  }

  @Test
  void refusesAGatewayWithoutIssuer() {
    assertThatThrownBy(() -> read(Map.of()))
        .hasMessage(
            "tokens.issuers: none (expected: in production at least one, or no token is ever"
                + " accepted)");
  }

  @Test
  void allowsPlainHttpBehindATrustedProxy() {
    Map<String, String> settings = sound();
    settings.put("KEYVEIL_LISTEN_TLS", "off");
    settings.put("KEYVEIL_LISTEN_TRUSTED_PROXIES", "10.0.0.0/8");
    assertThat(ConfigReader.read(settings).listen().tls()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://localhost:9000", "http://127.0.0.2:9000", "http://[::1]", "https://s3.b"})
  void allowsAnEndpointOnThisMachineOrOverTls(String endpoint) {
    Map<String, String> settings = sound();
    settings.put("KEYVEIL_S3_ENDPOINT", endpoint);
    assertThat(ConfigReader.read(settings).s3().endpoint()).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://localhost.example.org", "http://127.example.org", "http://[::2]"})
  void refusesAnEndpointThatOnlyLooksLikeThisMachine(String endpoint) {
    Map<String, String> settings = sound();
    settings.put("KEYVEIL_S3_ENDPOINT", endpoint);
    assertThatThrownBy(() -> read(settings)).hasMessageStartingWith("s3.endpoint: " + endpoint);
  }

  private static void read(Map<String, String> environment) {
    assertThat(ConfigReader.read(environment)).isNotNull();
  }

  private static Map<String, String> sound() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("KEYVEIL_TOKENS_ISSUERS_0_ISSUER", "one");
    settings.put("KEYVEIL_TOKENS_ISSUERS_0_AUDIENCE", "keyveil");
    settings.put("KEYVEIL_TOKENS_ISSUERS_0_JWKS", "file:one.json");
    return settings;
  }

  private static Map<String, String> leaky() {
    Map<String, String> settings = sound();
    settings.put("KEYVEIL_LISTEN_PUBLIC_URL", "http://files.example.org");
    settings.put("KEYVEIL_LISTEN_TLS", "off");
    settings.put("KEYVEIL_TOKENS_ISSUERS_0_AUDIENCE", "");
    settings.put("KEYVEIL_TOKENS_ISSUERS_0_JWKS", "http://127.0.0.1/jwks.json");
    settings.put("KEYVEIL_S3_ENDPOINT", "http://s3.example.org");
    settings.put("KEYVEIL_S3_PUBLIC_ENDPOINT", "http://10.0.0.1:9000");
    return settings;
  }
}
