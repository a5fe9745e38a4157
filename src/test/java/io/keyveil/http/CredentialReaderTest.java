package io.keyveil.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.access.Token;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which credentials a request carries, told from its very bytes. */
final class CredentialReaderTest {
  private static final String GET = "GET / HTTP/1.1";
  private static final String HOST = "Host: files.example.org";
  private static final CredentialReader READER = new CredentialReader("__Host-kv");
  private static final RawServer SERVER = new RawServer(request -> text(READER.read(request)));
  private static final RawServer BEARER_ONLY =
      new RawServer(request -> text(CredentialReader.bearerOnly().read(request)));

  @AfterAll
  static void stop() {
    SERVER.close();
    BEARER_ONLY.close();
  }

  /** What the server tells of them: a token shows its digest alone. */
  private static String text(List<Token> tokens) {
    return tokens.stream().map(Token::digest).collect(Collectors.joining(" "));
  }

  private static String tokens(String... texts) {
    return text(Stream.of(texts).map(Token::of).toList());
  }

  @ParameterizedTest
  @CsvSource({
    "__Host-kv=a, a",
    "x=1; __Host-kv=a, a",
    "__Host-kv=a; x=1, a",
    "x=1;__Host-kv=a;y=2, a",
    "__Host-kv = a, a",
    "__Host-kv=\"a\", a",
    "__Host-kv=a=b, a=b",
    "__Host-kv=a; __Host-kv=b, a b",
    "__Host-kv=a; __Host-kv=a, a a",
    "__Host-kv=a; x=1; __Host-kv=b, a b",
    "__host-kv=a, ''",
    "x__Host-kv=a, ''",
    "__Host-kvx=a, ''",
    "__Host-kv, ''",
    "x=__Host-kv=a, ''",
    ";;, ''",
  })
  void readsTheCookieWhereverItStands(String cookies, String found) {
    assertThat(SERVER.ask(GET, HOST, "Cookie: " + cookies))
        .isEqualTo(found.isEmpty() ? "" : tokens(found.split(" ", -1)));
  }

  @Test
  void readsEveryCookieField() {
    assertThat(SERVER.ask(GET, HOST, "Cookie: x=1", "Cookie: __Host-kv=a")).isEqualTo(tokens("a"));
    assertThat(SERVER.ask(GET, HOST, "Cookie: __Host-kv=a", "cookie: __Host-kv=b"))
        .isEqualTo(tokens("a", "b"));
  }

  @Test
  void readsBearerAndCookie() {
    assertThat(SERVER.ask(GET, HOST, "Authorization: Bearer b", "Cookie: __Host-kv=a"))
        .isEqualTo(tokens("b", "a"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer b", "bearer b", "BEARER  b", "Bearer b "})
  void readsTheSchemeInAnyCase(String field) {
    assertThat(SERVER.ask(GET, HOST, "Authorization: " + field)).isEqualTo(tokens("b"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Basic b", "b", "Bearerb", "DPoP b", ""})
  void takesOtherSchemesForNoCredential(String field) {
    assertThat(SERVER.ask(GET, HOST, "Authorization: " + field)).isEmpty();
  }

  @Test
  void knowsNoCookieUnlessOneIsNamed() {
    assertThat(BEARER_ONLY.ask(GET, HOST, "Cookie: __Host-kv=a; =b; kv")).isEmpty();
    assertThat(BEARER_ONLY.ask(GET, HOST, "Authorization: Bearer b", "Cookie: __Host-kv=a"))
        .isEqualTo(tokens("b"));
  }
}
