package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.app.RawCorpus.After;
import io.keyveil.app.RawCorpus.Row;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Requests that no decent client sends, byte by byte over TLS; the gateway outlives all of them.
 */
class RawRequestIT {
  private static final byte[] CONTENT = "abcdefghij".getBytes(StandardCharsets.US_ASCII);

  /** Of the request that is sent behind each other one. */
  private static final String FOLLOWING =
      "Host: localhost\r\nRange: bytes=9-9\r\nConnection: close\r\n";

  private static final Raw NOTHING = new Raw(0, List.of(), "");
  private static final List<String> TABLE = new ArrayList<>();
  @TempDir static Path folder;
  private static GatewayHarness gateway;
  private static RawTls tls;
  private static String id;

  /** An answer off the wire. */
  private record Raw(int status, List<String> fields, String body) {
    boolean closes() {
      return fields.contains("connection: close");
    }

    /** Whether it is the answer to the request that was sent behind. */
    boolean isFollowing() {
      return status == 206 && body.equals("j") && fields.contains("content-range: bytes 9-9/10");
    }
  }

  @BeforeAll
  static void start() {
    gateway = GatewayHarness.start(folder);
    id = gateway.file("raw.bin", CONTENT, "alice", "auto");
    tls = new RawTls(gateway);
  }

  @AfterAll
  static void stop() throws IOException {
    String metrics = gateway.management("/metrics").text();
    gateway.close();
    List<String> lines = new ArrayList<>(TABLE);
    lines.add(0, TABLE.size() + " requests, each followed by a sound one");
    Files.write(Path.of("target", "raw-requests.txt"), lines);
    assertThat(metrics).as("no fault of ours").contains("kind=\"internal\"} 0.0");
  }

  private static String auth() {
    return "Authorization: Bearer " + gateway.reader("alice") + "\r\n";
  }

  private static String get(String fields) {
    return "GET /files/" + id + " HTTP/1.1\r\n" + fields + "\r\n";
  }

  static List<Row> corpus() {
    return RawCorpus.rows(id, gateway.reader("alice"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("corpus")
  void getsTheAnswerItDeserves(Row row) throws IOException {
    List<Raw> answers = talk(row.request() + get(FOLLOWING + auth()));
    Raw first = answers.isEmpty() ? NOTHING : answers.get(0);
    boolean served = answers.stream().skip(1).anyMatch(Raw::isFollowing);
    TABLE.add(
        "%-10s %-36s %3d  %s"
            .formatted(row.group(), row.name(), first.status(), served ? "open" : "closed"));
    assertThat(first.status())
        .as(answers.toString())
        .isIn(row.status() == RawCorpus.ANY ? List.of(0, 400) : List.of(row.status()));
    assertThat(answers).hasSize(Math.min(first.status(), 1) + (row.after() == After.OPEN ? 1 : 0));
    assertThat(served).as(answers.toString()).isEqualTo(row.after() == After.OPEN);
    if (first.status() > 0 && first.status() != RawCorpus.VERTX) {
      assertThat(first.fields()).contains("x-content-type-options: nosniff");
      assertThat(first.closes()).as(answers.toString()).isEqualTo(row.after() == After.CLOSED);
      assertThat(first.body().contains("abcdefghij")).isEqualTo(row.status() == 200);
    }
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

  /** Not to answer is not enough: what hides there must not be done. */
  @Test
  void doesNotDoWhatHidesBehindARefusedRequest() throws IOException {
    String other = gateway.file("other.bin", CONTENT, "alice", "auto");
    String hidden =
        "DELETE /api/v1/files/"
            + other
            + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
            + gateway.operator()
            + "\r\n\r\n";
    for (String refused :
        List.of(
            "POST /api/v1/files HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: x\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            "GET /files/% HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
      assertThat(talk(refused + hidden)).hasSize(1);
      assertThat(gateway.get("/files/" + other, gateway.reader("alice")).status()).isEqualTo(200);
    }
    assertThat(gateway.audit()).noneMatch(line -> line.contains("\"revoke\""));
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
    try (SSLSocket socket = tls.open()) {
      try {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
      } catch (IOException e) {
        // It has hung up in the middle, perhaps with an answer.
      }
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
      answers.add(new Raw(Integer.parseInt(status.split(" ", -1)[1]), List.copyOf(fields), body));
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
