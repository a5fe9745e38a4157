package io.keyveil.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Origins are read only as browsers write them. */
final class WebOriginTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://portal.example.org",
        "https://portal.example.org:8443",
        "http://localhost:3000",
        "https://127.0.0.1",
        "https://[2001:db8::443]",
        "http://portal.example.org:443",
        "capacitor://localhost",
      })
  void readsOrigins(String text) {
    assertThat(WebOrigin.parse(text).orElseThrow().text()).isEqualTo(text);
    assertThat(WebOrigin.parse(text).orElseThrow().any()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "portal.example.org",
        "//portal.example.org",
        "https://",
        "https://portal.example.org/",
        "https://portal.example.org/viewer",
        "https://portal.example.org?a",
        "https://Portal.example.org",
        "HTTPS://portal.example.org",
        "https://portal.example.org:443",
        "http://portal.example.org:80",
        "https://portal.example.org:",
        "https://user@portal.example.org",
        "https://*.example.org",
        "*.example.org",
        "**",
        "https://portal.example.org https://b.example.org",
        "https://portal.example.org\r\nX-A: b",
        "file:",
      })
  void refusesWhatNoBrowserSends(String text) {
    assertThat(WebOrigin.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = "*")
  void readsTheWildcard(String text) {
    assertThat(WebOrigin.parse(text).orElseThrow().any()).isTrue();
  }
}
