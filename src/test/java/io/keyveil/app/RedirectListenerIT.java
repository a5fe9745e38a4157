package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The plain listener beside that with TLS. */
class RedirectListenerIT {
  private static final String TARGET = "/links/secretsecretsecret/a.bin?download";
  @TempDir static Path folder;
  private static GatewayHarness gateway;
  private static int port;

  @BeforeAll
  static void start() {
    port = Front.freePort();
    gateway =
        GatewayHarness.start(
            folder,
            settings ->
                EdgeSettings.listen(settings, listen -> EdgeSettings.redirected(listen, port)));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD"})
  void leadsReadersToThePublicUrl(String method) {
    String answer = ask(method, TARGET, "localhost", "");
    assertThat(answer)
        .startsWith("HTTP/1.1 308")
        .containsIgnoringCase("location: https://localhost" + TARGET + "\r\n")
        .containsIgnoringCase("connection: close\r\n")
        .endsWith("\r\n\r\n");
    assertThat(answer.split("secretsecretsecret", -1)).hasSize(2);
  }

  @Test
  void refusesWhoeverHasJustSentATokenInClear() {
    String answer = ask("GET", TARGET, "localhost", "Authorization: Bearer hunter2\r\n");
    assertThat(answer)
        .startsWith("HTTP/1.1 400")
        .containsIgnoringCase("connection: close\r\n")
        .doesNotContainIgnoringCase("location:")
        .doesNotContain("secretsecret");
  }

  @Test
  void isNoListenerOfOtherHosts() {
    assertThat(ask("GET", TARGET, "evil.test", ""))
        .startsWith("HTTP/1.1 421")
        .doesNotContainIgnoringCase("location:");
    assertThat(ask("GET", TARGET, "localhost:8080", "")).startsWith("HTTP/1.1 308");
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "x"})
  void refusesAllOtherMethods(String method) {
    assertThat(ask(method, TARGET, "localhost", "")).startsWith("HTTP/1.1 400");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://evil.test/", "*", "evil", "/a%zz", "/a#b"})
  void refusesOtherTargets(String target) {
    assertThat(ask("GET", target, "localhost", ""))
        .startsWith("HTTP/1.1 400")
        .doesNotContainIgnoringCase("location:");
  }

  private static String ask(String method, String target, String host, String fields) {
    return RawHttp.ask(
        port, method + " " + target + " HTTP/1.1\r\nHost: " + host + "\r\n" + fields + "\r\n");
  }
}
