package io.keyveil.app;

import static io.keyveil.app.RawHttp2.CONTINUATION;
import static io.keyveil.app.RawHttp2.DATA;
import static io.keyveil.app.RawHttp2.END_HEADERS;
import static io.keyveil.app.RawHttp2.END_STREAM;
import static io.keyveil.app.RawHttp2.ENHANCE_YOUR_CALM;
import static io.keyveil.app.RawHttp2.GOAWAY;
import static io.keyveil.app.RawHttp2.HEADERS;
import static io.keyveil.app.RawHttp2.PING;
import static io.keyveil.app.RawHttp2.REFUSED_STREAM;
import static io.keyveil.app.RawHttp2.RST_STREAM;
import static io.keyveil.app.RawHttp2.SETTINGS;
import static io.keyveil.app.RawHttp2.WINDOW_UPDATE;
import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.app.RawHttp2.Frame;
import io.keyveil.config.KeyveilSettings;
import io.keyveil.http.AddressBlock;
import io.keyveil.http.ConnectionSettings;
import io.keyveil.http.LimitSettings;
import io.keyveil.http.ListenSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What connections may do before anybody knows whose they are, byte by byte. */
class ConnectionsIT {
  private static final int STREAMS = 5;
  private static final int RESETS = 20;
  private static final int PINGS = 50;
  private static final int MANY = 1_000;
  private static final int PATIENCE_MILLIS = 20_000;
  @TempDir static Path folder;
  private static GatewayHarness gateway;
  private static RawTls tls;
  private static String path;

  @BeforeAll
  static void start() {
    gateway =
        GatewayHarness.start(
            folder,
            settings ->
                with(
                    settings,
                    List.of(),
                    LimitSettings.DEFAULTS.idle(),
                    new ConnectionSettings(
                        Duration.ofSeconds(1), Duration.ofSeconds(1), 0, STREAMS, RESETS, PINGS)));
    path = "/files/" + gateway.file("connections.bin", new byte[100], "alice", "auto");
    tls = new RawTls(gateway);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @AfterEach
  void lives() {
    assertThat(gateway.get(path, gateway.reader("alice")).status()).isEqualTo(200);
    assertThat(gateway.management("/metrics").text()).contains("kind=\"internal\"} 0.0");
  }

  private static KeyveilSettings with(
      KeyveilSettings settings,
      List<AddressBlock> proxies,
      Duration idle,
      ConnectionSettings connections) {
    ListenSettings listen = settings.listen();
    LimitSettings limits = settings.limits();
    return new KeyveilSettings(
        settings.profile(),
        new ListenSettings(
            listen.host(),
            listen.port(),
            listen.publicUrl(),
            listen.tls(),
            proxies,
            listen.proxyProtocol(),
            listen.pathPrefix(),
            listen.redirectPort(),
            connections),
        settings.management(),
        settings.tokens(),
        settings.store(),
        settings.cache(),
        settings.s3(),
        settings.delivery(),
        settings.links(),
        settings.audit(),
        new LimitSettings(
            limits.headers(),
            limits.requestLine(),
            limits.body(),
            idle,
            limits.downloads(),
            limits.downloadsPerSubject(),
            limits.rates()),
        settings.cors(),
        settings.pages(),
        settings.drain());
  }

  private static Socket plain() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.gateway().port());
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  /** Returns when the gateway has hung up; fails if it never does. */
  private static void awaitEnd(Socket socket) throws IOException {
    try {
      while (socket.getInputStream().read() >= 0) {
        // An alert, perhaps.
      }
    } catch (SocketTimeoutException e) {
      throw new AssertionError("it never hung up", e);
    } catch (IOException reset) {
      // As good an end as any.
    }
  }

  @Test
  void hangsUpOnWhoNeverSpeaksTls() throws IOException {
    try (Socket socket = plain()) {
      awaitEnd(socket);
    }
  }

  @Test
  void hangsUpOnWhoStopsInTheMiddleOfTheHandshake() throws IOException {
    try (Socket socket = plain()) {
      // The head of a record with a ClientHello of 512 bytes, and none of it.
      socket.getOutputStream().write(new byte[] {22, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3});
      awaitEnd(socket);
    }
  }

  @Test
  void hangsUpOnWhoSpeaksPlainHttp() throws IOException {
    try (Socket socket = plain()) {
      socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      awaitEnd(socket);
    }
  }

  @Test
  void hangsUpOnWhoAsksForNothing() throws IOException {
    try (SSLSocket socket = tls.open("http/1.1")) {
      awaitEnd(socket);
    }
    try (RawHttp2 connection = RawHttp2.open(tls)) {
      assertThat(connection.next(frame -> false)).isEmpty();
    }
  }

  @Test
  void hangsUpOnWhoDribblesHeaderFields() throws IOException {
    try (SSLSocket socket = tls.open("http/1.1")) {
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: localhost\r\nX: ".getBytes(StandardCharsets.US_ASCII));
      assertThat(dribbled(socket)).isLessThan(MANY);
    }
  }

  /** How many bytes it took until the gateway hung up. */
  private static int dribbled(SSLSocket socket) throws IOException {
    socket.setSoTimeout(20);
    for (int i = 0; i < MANY; i++) {
      try {
        socket.getOutputStream().write('a');
        if (socket.getInputStream().read() < 0) {
          return i;
        }
      } catch (SocketTimeoutException nothingYet) {
        // Another byte, then.
      } catch (IOException reset) {
        return i;
      }
    }
    return MANY;
  }

  @Test
  void announcesItsLimits() throws IOException {
    try (RawHttp2 connection = RawHttp2.open(tls)) {
      Frame settings = connection.next(frame -> frame.type() == SETTINGS).orElseThrow();
      List<String> found = new ArrayList<>();
      while (settings.payload().hasRemaining()) {
        found.add(settings.payload().getShort() + "=" + settings.payload().getInt());
      }
      assertThat(found).contains("3=" + STREAMS, "6=" + (64 << 10));
    }
  }

  @Test
  void refusesStreamsBeyondTheLimit() throws IOException {
    try (RawHttp2 connection = RawHttp2.open(tls)) {
      byte[] posting =
          RawHttp2.request(
              "POST",
              "/api/v1/files",
              "authorization",
              "Bearer " + gateway.operator(),
              "content-type",
              "application/json");
      for (int i = 0; i <= STREAMS; i++) {
        connection.send(HEADERS, END_HEADERS, 2 * i + 1, posting);
      }
      Frame refusal = connection.next(frame -> frame.type() == RST_STREAM).orElseThrow();
      assertThat(refusal.stream()).isEqualTo(2 * STREAMS + 1);
      assertThat(refusal.code()).isEqualTo(REFUSED_STREAM);
    }
  }

  /** A flood of frames after an exchange; the gateway has to end the connection. */
  private static Optional<Frame> flood(byte[] frames) throws IOException {
    try (RawHttp2 connection = RawHttp2.open(tls)) {
      return flood(connection, frames);
    }
  }

  private static Optional<Frame> flood(RawHttp2 connection, byte[] frames) {
    try {
      connection.write(frames);
    } catch (IOException e) {
      // It has hung up already.
    }
    Optional<Frame> goaway = connection.next(frame -> frame.type() == GOAWAY);
    assertThat(connection.next(frame -> false)).isEmpty();
    return goaway;
  }

  private static void expectCalm(Optional<Frame> goaway) {
    assertThat(goaway.map(Frame::code)).contains(ENHANCE_YOUR_CALM);
  }

  private static String refusedForPings() {
    return gateway
        .management("/metrics")
        .text()
        .lines()
        .filter(line -> line.startsWith("keyveil_connections_refused_total{reason=\"pings\"}"))
        .collect(Collectors.joining());
  }

  private static byte[] frames(int count, IntFunction<byte[]> frame) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < count; i++) {
      all.writeBytes(frame.apply(i));
    }
    return all.toByteArray();
  }

  private static byte[] get(int stream, int flags) {
    return RawHttp2.frame(HEADERS, END_HEADERS | flags, stream, RawHttp2.request("GET", path));
  }

  private static byte[] both(byte[] first, byte[] second) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(first);
    all.writeBytes(second);
    return all.toByteArray();
  }

  @Test
  void endsAFloodOfResets() throws IOException {
    expectCalm(
        flood(
            frames(
                RESETS + 5,
                i ->
                    both(
                        get(2 * i + 1, END_STREAM),
                        RawHttp2.frame(RST_STREAM, 0, 2 * i + 1, RawHttp2.number(8))))));
  }

  @Test
  void endsAFloodOfResetsThatItIsMadeToSend() throws IOException {
    expectCalm(
        flood(
            frames(
                RESETS + 5,
                i ->
                    both(
                        get(2 * i + 1, 0),
                        RawHttp2.frame(WINDOW_UPDATE, 0, 2 * i + 1, RawHttp2.number(0))))));
  }

  @Test
  void endsAFloodOfPings() throws IOException {
    String before = refusedForPings();
    assertThat(flood(frames(PINGS + 5, i -> RawHttp2.frame(PING, 0, 0, new byte[8])))).isPresent();
    assertThat(refusedForPings()).isNotEqualTo(before);
  }

  @Test
  void endsAFloodOfSettings() throws IOException {
    String before = refusedForPings();
    assertThat(flood(frames(PINGS + 5, i -> RawHttp2.frame(SETTINGS, 0, 0, new byte[0]))))
        .isPresent();
    assertThat(refusedForPings()).isNotEqualTo(before);
  }

  @Test
  void takesAsManyPingsAsItAllows() throws IOException {
    try (RawHttp2 connection = RawHttp2.open(tls)) {
      connection.write(frames(PINGS - 1, i -> RawHttp2.frame(PING, 0, 0, new byte[8])));
      for (int i = 0; i < PINGS - 1; i++) {
        assertThat(connection.next(frame -> frame.type() == PING)).isPresent();
      }
      connection.write(get(1, END_STREAM));
      assertThat(connection.next(frame -> frame.type() == HEADERS)).isPresent();
    }
  }

  @Test
  void endsAFloodOfContinuations() throws IOException {
    byte[] begun = RawHttp2.frame(HEADERS, END_STREAM, 1, RawHttp2.request("GET", path));
    byte[] field = RawHttp2.fields("x", "y");
    expectCalm(flood(both(begun, frames(50, i -> RawHttp2.frame(CONTINUATION, 0, 1, field)))));
    expectCalm(
        flood(both(begun, frames(50, i -> RawHttp2.frame(CONTINUATION, 0, 1, new byte[0])))));
  }

  @Test
  void endsHeaderFieldsWithoutEnd() throws IOException {
    byte[] begun = RawHttp2.frame(HEADERS, END_STREAM, 1, RawHttp2.request("GET", path));
    byte[] field = RawHttp2.fields("x", "y".repeat(16_000));
    assertThat(flood(both(begun, frames(100, i -> RawHttp2.frame(CONTINUATION, 0, 1, field)))))
        .isPresent();
  }

  @Test
  void endsAFloodOfEmptyData() throws IOException {
    byte[] begun =
        RawHttp2.frame(HEADERS, END_HEADERS, 1, RawHttp2.request("POST", "/api/v1/files"));
    expectCalm(flood(both(begun, frames(50, i -> RawHttp2.frame(DATA, 0, 1, new byte[0])))));
  }

  @Test
  void answersHeaderFieldsThatUnpackToTooMuch() throws IOException {
    try (RawHttp2 connection = RawHttp2.open(tls)) {
      ByteArrayOutputStream block = new ByteArrayOutputStream();
      block.writeBytes(RawHttp2.request("GET", path));
      byte[] indexed = RawHttp2.fields("x", "y".repeat(3_000));
      indexed[0] = 0x40;
      block.writeBytes(indexed);
      // The first entry of the dynamic table, a thousand times over.
      for (int i = 0; i < 1_000; i++) {
        block.write(0x80 | 62);
      }
      connection.send(HEADERS, END_HEADERS | END_STREAM, 1, block.toByteArray());
      Frame answer =
          connection
              .next(f -> f.type() == HEADERS || f.type() == RST_STREAM || f.type() == GOAWAY)
              .orElseThrow();
      assertThat(answer.stream()).isEqualTo(1);
    }
  }

  /** Against gateways that allow an address few connections, and little rest. */
  @Nested
  class Few {
    private static final int MOST = 3;

    @Test
    void hangsUpOnWhoTakesNoAnswers() throws IOException {
      // A window of nothing: all answers wait for ever.
      try (GatewayHarness few = few("impatient", List.of());
          RawHttp2 connection = RawHttp2.open(new RawTls(few), 4, 0)) {
        connection.write(get(1, END_STREAM));
        connection.write(get(3, END_STREAM));
        assertThat(connection.next(frame -> frame.type() == HEADERS)).isPresent();
        assertThat(connection.next(frame -> false)).isEmpty();
      }
    }

    @Test
    void refusesConnectionsBeyondTheLimitUntilOneEnds() throws IOException {
      try (GatewayHarness few = few("few", List.of())) {
        RawTls to = new RawTls(few);
        Wait.until("room for the first", () -> answers(to));
        List<SSLSocket> open = new ArrayList<>();
        // Whoever asked before may still be on its way out.
        Wait.until("as many as it may have", () -> opened(to, open) == MOST);
        try (SSLSocket fourth = to.open("http/1.1")) {
          awaitEnd(fourth);
        }
        try (RawHttp2 fourth = RawHttp2.open(to)) {
          assertThat(fourth.next(frame -> false)).isEmpty();
        }
        assertThat(answers(open.get(0))).isTrue();
        assertThat(few.management("/metrics").text()).contains("keyveil_connections_refused_total");
        open.get(0).close();
        Wait.until("room for another", () -> answers(to));
        for (SSLSocket socket : open) {
          socket.close();
        }
      }
    }

    @Test
    void doesNotCountTrustedProxies() throws IOException {
      List<AddressBlock> here = List.of(AddressBlock.parse("127.0.0.0/8").orElseThrow());
      try (GatewayHarness few = few("proxied", here)) {
        RawTls to = new RawTls(few);
        List<SSLSocket> open = new ArrayList<>();
        for (int i = 0; i < 3 * MOST; i++) {
          open.add(to.open("http/1.1"));
        }
        for (SSLSocket socket : open) {
          assertThat(answers(socket)).isTrue();
          socket.close();
        }
      }
    }

    private static GatewayHarness few(String name, List<AddressBlock> proxies) throws IOException {
      ConnectionSettings defaults = ConnectionSettings.DEFAULTS;
      return GatewayHarness.start(
          Files.createDirectory(folder.resolve(name)),
          settings ->
              with(
                  settings,
                  proxies,
                  Duration.ofSeconds(2),
                  new ConnectionSettings(
                      defaults.handshake(),
                      defaults.firstRequest(),
                      MOST,
                      defaults.streams(),
                      defaults.resets(),
                      defaults.pings())));
    }

    /** Opens another that is served, if it can; says how many there are. */
    private static int opened(RawTls to, List<SSLSocket> open) {
      try {
        SSLSocket socket = to.open("http/1.1");
        if (answers(socket)) {
          open.add(socket);
        }
      } catch (IOException e) {
        // Not yet.
      }
      return open.size();
    }

    private static boolean answers(RawTls to) {
      try (SSLSocket socket = to.open("http/1.1")) {
        return answers(socket);
      } catch (IOException e) {
        return false;
      }
    }

    /** Whether a request gets an answer on a connection, which then stays. */
    private static boolean answers(SSLSocket socket) {
      try {
        socket
            .getOutputStream()
            .write("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        return Stream.generate(() -> line(socket)).takeWhile(line -> !line.isEmpty()).count() > 1;
      } catch (IOException e) {
        return false;
      }
    }

    private static String line(SSLSocket socket) {
      try {
        StringBuilder line = new StringBuilder();
        for (int next = socket.getInputStream().read();
            next >= 0 && next != '\n';
            next = socket.getInputStream().read()) {
          line.append((char) next);
        }
        return line.toString().strip();
      } catch (IOException e) {
        return "";
      }
    }
  }
}
