package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Requests that no decent client sends, byte by byte over TLS; the gateway outlives all of them.
 */
class RawRequestIT {
  private static final byte[] CONTENT = "abcdefghij".getBytes(StandardCharsets.US_ASCII);
  private static final int PATIENCE_MILLIS = 5_000;
  @TempDir static Path folder;
  private static GatewayHarness gateway;
  private static SSLContext tls;
  private static String id;

  /** An answer off the wire. */
  private record Raw(int status, List<String> fields, String body) {
    boolean closes() {
      return fields.contains("connection: close");
    }
  }

  @BeforeAll
  static void start() throws IOException, GeneralSecurityException {
    gateway = GatewayHarness.start(folder);
    id = gateway.file("raw.bin", CONTENT, "alice", "auto");
    tls = trusting(folder.resolve("cert.pem"));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static SSLContext trusting(Path certificate)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setCertificateEntry(
        "gateway",
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(certificate))));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  private static String auth() {
    return "Authorization: Bearer " + gateway.reader("alice") + "\r\n";
  }

  private static String get(String fields) {
    return "GET /files/" + id + " HTTP/1.1\r\n" + fields + "\r\n";
  }

  static Stream<Arguments> malformed() {
    String host = "Host: localhost\r\n";
    return Stream.of(
        row("no Host", "GET /livez HTTP/1.1\r\n\r\n"),
        row("two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
        row("the same Host twice", "GET / HTTP/1.1\r\n" + host + host + "\r\n"),
        row("two Hosts in one", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"),
        row("an empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
        row("a Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
        row("a Host with a user", "GET / HTTP/1.1\r\nHost: u@b\r\n\r\n"),
        row("a body on GET", "GET / HTTP/1.1\r\n" + host + "Content-Length: 5\r\n\r\nhello"),
        row(
            "a chunked body on GET",
            "GET / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        row("a body on HEAD", "HEAD / HTTP/1.1\r\n" + host + "Content-Length: 5\r\n\r\nhello"),
        row(
            "two Ranges",
            "GET / HTTP/1.1\r\n" + host + "Range: bytes=0-1\r\nRange: bytes=2-3\r\n\r\n"),
        row("two Authorizations", "GET / HTTP/1.1\r\n" + host + auth() + auth() + "\r\n"),
        row("nonsense", "\u0001\u0002\u0003\r\n\r\n"),
        row("a sentence", "hello there, gateway\r\n\r\n"),
        row("HTTP/0.9", "GET /\r\n\r\n"),
        row("no version number", "GET / HTTP/one\r\n" + host + "\r\n"),
        row("a folded Host", "GET / HTTP/1.1\r\nHost: a\r\n\tb\r\n\r\n"),
        row("a NUL in a value", "GET / HTTP/1.1\r\n" + host + "X-A: b\u0000c\r\n\r\n"),
        row("a NUL in a name", "GET / HTTP/1.1\r\n" + host + "X\u0000A: b\r\n\r\n"),
        row("half an escape", "GET /files/x?delivery=% HTTP/1.1\r\n" + host + "\r\n"),
        row("no escape", "GET /files/x?delivery=%zz HTTP/1.1\r\n" + host + "\r\n"),
        row("no escape in a name", "GET /api/v1/files?%2=1 HTTP/1.1\r\n" + host + "\r\n"),
        row("a NUL in the target", "GET /\u0000 HTTP/1.1\r\n" + host + "\r\n"),
        row("a space before the colon", "GET / HTTP/1.1\r\n" + host + "X-A : b\r\n\r\n"),
        row("a lone CR in a value", "GET / HTTP/1.1\r\n" + host + "X-A: b\rX-B: c\r\n\r\n"),
        row(
            "an unknown transfer coding",
            "POST /api/v1/files HTTP/1.1\r\n" + host + "Transfer-Encoding: xchunked\r\n\r\n"),
        row(
            "a transfer coding behind chunked",
            "POST /api/v1/files HTTP/1.1\r\n"
                + host
                + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
        row(
            "a length and a coding",
            "POST /api/v1/files HTTP/1.1\r\n"
                + host
                + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        row(
            "two lengths",
            "POST /api/v1/files HTTP/1.1\r\n"
                + host
                + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"),
        row(
            "two lengths in one",
            "POST /api/v1/files HTTP/1.1\r\n" + host + "Content-Length: 5, 6\r\n\r\nhello!"),
        row(
            "a negative length",
            "POST /api/v1/files HTTP/1.1\r\n" + host + "Content-Length: -5\r\n\r\n"),
        row(
            "a signed length",
            "POST /api/v1/files HTTP/1.1\r\n" + host + "Content-Length: +5\r\n\r\nhello"),
        row(
            "a transfer coding in HTTP/1.0",
            "POST /api/v1/files HTTP/1.0\r\n"
                + host
                + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"));
  }

  private static Arguments row(String what, String request) {
    return Arguments.of(what, request);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("malformed")
  void refusesAndCloses(String what, String request) throws IOException {
    List<Raw> answers = talk(request);
    assertThat(answers).hasSize(1);
    assertThat(answers.get(0).status()).as(answers.toString()).isEqualTo(400);
    assertThat(answers.get(0).closes()).as(answers.toString()).isTrue();
    assertThat(answers.get(0).fields()).contains("x-content-type-options: nosniff");
    assertLives();
  }

  @Test
  void doesNotServeWhatHidesBehindARefusedRequest() throws IOException {
    String hidden = get("Host: localhost\r\n" + auth());
    List<Raw> answers =
        talk(
            "POST /api/v1/files HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\n\r\n"
                + hidden);
    assertThat(answers).hasSize(1);
    answers =
        talk(
            "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                + hidden.length()
                + "\r\n\r\n"
                + hidden);
    assertThat(answers).hasSize(1);
    assertLives();
  }

  @Test
  void takesAHeaderBlockOf33KibibytesAndRefusesOneThatIsTooLarge() throws IOException {
    String fields = "Host: localhost\r\nConnection: close\r\n" + auth();
    String line = "X-Long: " + "x".repeat(1022 - 8) + "\r\n";
    assertThat(talk(get(fields + line.repeat(33))).get(0).status()).isEqualTo(200);
    assertThat(talk(get(fields + line.repeat(80))).get(0).status()).isEqualTo(431);
    String one = "X-Long: " + "x".repeat(80 << 10) + "\r\n";
    assertThat(talk(get(fields + one)).get(0).status()).isEqualTo(431);
    String target = "GET /" + "x".repeat(20 << 10) + " HTTP/1.1\r\n" + fields + "\r\n";
    assertThat(talk(target).get(0).status()).isEqualTo(414);
    assertLives();
  }

  @Test
  void refusesOddMethods() throws IOException {
    for (String method : List.of("get", "TRACE", "CONNECT", "OPTIONS", "PROPFIND", "G€T")) {
      List<Raw> answers =
          talk(
              method
                  + " /files/"
                  + id
                  + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                  + auth()
                  + "\r\n");
      assertThat(answers.get(0).status()).as(method).isIn(400, 404, 405, 501);
      assertThat(answers.get(0).body()).doesNotContain("abcdefghij");
    }
    assertLives();
  }

  @Test
  void servesTheAbsoluteForm() throws IOException {
    String fields = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + auth() + "\r\n";
    assertThat(talk("GET https://localhost/files/" + id + fields).get(0).status()).isEqualTo(200);
    for (String target :
        List.of("localhost:443", "*", "//", "http:", "/%", "/%zz", "/files/..%2f")) {
      assertThat(talk("GET " + target + fields).get(0).status()).as(target).isIn(400, 404);
    }
    assertLives();
  }

  @Test
  void servesHttp10AndCloses() throws IOException {
    List<Raw> answers = talk("GET /files/" + id + " HTTP/1.0\r\n" + auth() + "\r\n");
    assertThat(answers).hasSize(1);
    assertThat(answers.get(0).status()).isEqualTo(200);
    assertThat(answers.get(0).body()).isEqualTo("abcdefghij");
  }

  @Test
  void answersPipelinedRequestsInTheirOrder() throws IOException {
    StringBuilder requests = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      requests.append(get("Host: localhost\r\nRange: bytes=" + i + "-" + i + "\r\n" + auth()));
    }
    requests.append(get("Host: localhost\r\nConnection: close\r\n"));
    List<Raw> answers = talk(requests.toString());
    assertThat(answers.stream().map(Raw::body).limit(8))
        .containsExactly("a", "b", "c", "d", "e", "f", "g", "h");
    assertThat(answers).hasSize(9);
    assertThat(answers.get(8).status()).isEqualTo(401);
    assertLives();
  }

  private static void assertLives() {
    assertThat(gateway.get("/files/" + id, gateway.reader("alice")).text()).isEqualTo("abcdefghij");
  }

  /** Says all of it, and hears until the gateway closes; a gateway that does not, fails. */
  private static List<Raw> talk(String request) throws IOException {
    try (SSLSocket socket =
        (SSLSocket) tls.getSocketFactory().createSocket("127.0.0.1", gateway.gateway().port())) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      socket.getOutputStream().flush();
      return answers(socket.getInputStream());
    }
  }

  private static List<Raw> answers(InputStream in) throws IOException {
    List<Raw> answers = new ArrayList<>();
    for (String status = line(in); !status.isEmpty(); status = line(in)) {
      List<String> fields = new ArrayList<>();
      for (String field = line(in); !field.isEmpty(); field = line(in)) {
        fields.add(field.toLowerCase(Locale.ROOT));
      }
      String body = new String(in.readNBytes(length(fields)), StandardCharsets.UTF_8);
      answers.add(new Raw(Integer.parseInt(status.substring(9, 12)), List.copyOf(fields), body));
    }
    return answers;
  }

  private static int length(List<String> fields) {
    return fields.stream()
        .filter(field -> field.startsWith("content-length: "))
        .mapToInt(field -> Integer.parseInt(field.substring("content-length: ".length())))
        .findFirst()
        .orElse(0);
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      line.write(next);
    }
    return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
  }
}
