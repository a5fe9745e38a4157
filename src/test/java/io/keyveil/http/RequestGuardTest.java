package io.keyveil.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with requests, told from their very bytes. */
final class RequestGuardTest {
  private static final String GET = "GET /files/x HTTP/1.1";
  private static final String HOST = "Host: files.example.org";
  private static final String SOUND = "sound";

  private static final RawServer SERVER =
      new RawServer(
          request ->
              RequestGuard.objection(request)
                  .map(problem -> problem.status() + " " + problem.detail())
                  .orElse(SOUND));

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "files.example.org",
        "files.example.org:8443",
        "localhost",
        "127.0.0.1:1",
        "[::1]",
        "[2001:db8::1]:65535",
      })
  void takesOneValidHost(String host) {
    assertThat(SERVER.ask(GET, "Host: " + host)).isEqualTo(SOUND);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a b",
        "a/b",
        "a@b",
        "a:b",
        "a:",
        "a:123456",
        "a:1b",
        ":1",
        "[::1]a",
        "[::1]:",
        "[]",
        "[::g]",
        "a,b",
        "a,80",
        "[::1]80",
        "[::1",
        "::1",
        "a\\b",
        "a\"b",
        "<a>",
        "\u00e4",
      })
  void refusesAHostThatIsNone(String host) {
    assertThat(SERVER.ask(GET, "Host: " + host))
        .isEqualTo("400 Send exactly one valid Host field.");
  }

  @Test
  void limitsTheLengthOfAHost() {
    String objection = "400 Send exactly one valid Host field.";
    assertThat(SERVER.ask(GET, "Host: " + "a".repeat(255) + ":65535")).isEqualTo(SOUND);
    assertThat(SERVER.ask(GET, "Host: " + "a".repeat(256))).isEqualTo(objection);
    assertThat(SERVER.ask(GET, "Host: [" + "1".repeat(45) + "]:1")).isEqualTo(SOUND);
    assertThat(SERVER.ask(GET, "Host: [" + "1".repeat(46) + "]")).isEqualTo(objection);
    assertThat(SERVER.ask(GET, "Host: [::]")).isEqualTo(SOUND);
    assertThat(SERVER.ask(GET, "Host: [:]")).isEqualTo(objection);
  }

  /** The characters that a host's name may have, against the ones that RFC 3986 gives it. */
  @Test
  void takesAHostOfItsOwnCharactersAlone() {
    for (char c = '!'; c < 0x7f; c++) {
      String allowed = "abcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+;=%";
      boolean may = allowed.indexOf(Character.toLowerCase(c)) >= 0;
      assertThat(SERVER.ask(GET, "Host: a" + c + "b").equals(SOUND)).as("%s", c).isEqualTo(may);
    }
  }

  @Test
  void refusesAMissingDoubledOrEmptyHost() {
    String objection = "400 Send exactly one valid Host field.";
    assertThat(SERVER.ask(GET, "Accept: */*")).isEqualTo(objection);
    assertThat(SERVER.ask(GET, HOST, HOST)).isEqualTo(objection);
    assertThat(SERVER.ask(GET, "Host:")).isEqualTo(objection);
  }

  @Test
  void forgivesTheOldProtocolAMissingHost() {
    assertThat(SERVER.ask("GET / HTTP/1.0", "Accept: */*")).isEqualTo(SOUND);
    assertThat(SERVER.ask("GET / HTTP/1.0", HOST, HOST)).startsWith("400 ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Authorization",
        "Content-Type",
        "If-Range",
        "If-Modified-Since",
        "If-Unmodified-Since",
        "Range"
      })
  void refusesDoubledFieldsThatChangeTheMeaning(String name) {
    assertThat(SERVER.ask(GET, HOST, name + ": a")).isEqualTo(SOUND);
    assertThat(SERVER.ask(GET, HOST, name + ": a", name.toUpperCase(Locale.ROOT) + ": a"))
        .isEqualTo("400 Send the " + name + " field only once.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"If-Match", "If-None-Match", "Accept", "X-Forwarded-For", "Cookie"})
  void takesFieldsThatAreLists(String name) {
    assertThat(SERVER.ask(GET, HOST, name + ": \"a\"", name + ": \"b\"")).isEqualTo(SOUND);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD"})
  void refusesABodyWhereNoneBelongs(String method) {
    String line = method + " / HTTP/1.1";
    String objection = method.equals("HEAD") ? "" : "400 Send GET and HEAD without a body.";
    assertThat(SERVER.ask(line, HOST, "Content-Length: 1", "", "a")).isEqualTo(objection);
    assertThat(SERVER.ask(line, HOST, "Transfer-Encoding: chunked", "", "0")).isEqualTo(objection);
    assertThat(SERVER.ask(line, HOST, "Content-Length: 0"))
        .isEqualTo(method.equals("HEAD") ? "" : SOUND);
  }

  @Test
  void takesABodyWhereOneBelongs() {
    assertThat(SERVER.ask("POST / HTTP/1.1", HOST, "Content-Length: 4", "", "")).isEqualTo(SOUND);
  }
}
