package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.app.GatewayHarness.Answer;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What somebody who navigates sees in place of a problem. */
class NoticesIT {
  @TempDir static Path folder;
  private static GatewayHarness gateway;
  private static String id;

  @BeforeAll
  static void start() {
    gateway = GatewayHarness.start(folder);
    id = gateway.file("patients/Jane Doe/notices.bin", new byte[100], "alice", "auto");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /nowhere, 404, We could not find this file",
    "GET, /files/AAAAAAAAAAAAAAAAAAAAAA, 401, Please sign in first",
    "POST, /files/AAAAAAAAAAAAAAAAAAAAAA, 405, That did not work",
    "GET, /nowhere?a=%zz, 400, That did not work",
  })
  void areWrittenForPeople(String method, String path, int status, String title) {
    Answer page = navigate(HttpMethod.valueOf(method), path, "en-GB");
    assertThat(page.status()).isEqualTo(status);
    assertThat(page.header("content-type")).contains("text/html; charset=utf-8");
    assertThat(page.body().toString()).contains("<h1>" + title + "</h1>");
  }

  @ParameterizedTest
  @CsvSource({
    "de-AT, de, Bitte melden Sie sich zuerst an",
    "fr, fr, Veuillez d’abord vous connecter",
    "es, es, 'Primero inicie sesión, por favor'",
    "ja, en, Please sign in first",
  })
  void areInTheReadersLanguage(String wanted, String language, String title) {
    Answer page = navigate(HttpMethod.GET, "/files/" + id, wanted);
    assertThat(page.header("content-language")).contains(language);
    assertThat(page.header("vary").orElseThrow()).contains("Accept-Language");
    assertThat(page.body().toString()).contains("<h1>" + title + "</h1>").doesNotContain(id);
    assertThat(page.header("content-security-policy").orElseThrow())
        .startsWith("default-src 'none'; style-src 'sha256-");
    assertThat(page.header("www-authenticate")).isPresent();
  }

  @Test
  void areTheSameForHead() {
    Answer get = navigate(HttpMethod.GET, "/nowhere", "de");
    Answer head = navigate(HttpMethod.HEAD, "/nowhere", "de");
    assertThat(head.header("content-length")).isEqualTo(get.header("content-length"));
    assertThat(head.body().length()).isZero();
  }

  @Test
  void areNotForProgramsThatTakeHtmlFromAPage() {
    Answer fetched =
        gateway.send(
            HttpMethod.GET,
            "/nowhere",
            Optional.empty(),
            Buffer.buffer(),
            "Accept",
            "text/html",
            "Sec-Fetch-Mode",
            "cors");
    assertThat(fetched.header("content-type")).contains("application/problem+json");
    assertThat(fetched.header("content-language")).isEmpty();
  }

  private static Answer navigate(HttpMethod method, String path, String language) {
    return gateway.send(
        method,
        path,
        Optional.empty(),
        Buffer.buffer(),
        "Accept",
        "text/html,application/xhtml+xml;q=0.9",
        "Accept-Language",
        language);
  }
}
