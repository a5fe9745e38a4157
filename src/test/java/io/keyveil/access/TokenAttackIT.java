package io.keyveil.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.app.GatewayHarness;
import io.keyveil.app.GatewayHarness.Answer;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every token attack against the running gateway, each with the answer of the status table, and a
 * listener at which every address inside a token points: it must never be asked.
 */
final class TokenAttackIT {
  /** The good tokens have no scope, which nobody learns whose token does not hold. */
  private static final int ADMITTED = 403;

  private static final String PATH = "/files/AAAAAAAAAAAAAAAAAAAAAA";

  private static final String CHALLENGE = "Bearer realm=\"keyveil\", error=\"invalid_token\"";

  @TempDir static Path folder;
  private static Vertx vertx;
  private static HttpServer keys;
  private static HttpServer trap;
  private static final AtomicInteger FETCHES = new AtomicInteger();
  private static final AtomicInteger TRAPPED = new AtomicInteger();
  private static GatewayHarness gateway;

  @BeforeAll
  static void start() {
    vertx = Vertx.vertx();
    keys = listen(TokenAttackIT::giveKeys);
    trap = listen(TokenAttackIT::fallIntoTheTrap);
    gateway =
        GatewayHarness.on(
            URI.create("http://127.0.0.1:1"),
            folder,
            new SteerableClock(Forge.NOW),
            settings ->
                GatewayHarness.withIssuers(
                    settings,
                    List.of(
                        issuer(Forge.ISSUER, "/first"),
                        issuer(JwtVerifierTest.SECOND_ISSUER, "/second"))));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    vertx.close().await();
  }

  private static HttpServer listen(Handler<HttpServerRequest> handler) {
    return vertx.createHttpServer().requestHandler(handler).listen(0, "127.0.0.1").await();
  }

  private static void giveKeys(HttpServerRequest request) {
    FETCHES.incrementAndGet();
    Forge forge = "/first".equals(request.path()) ? JwtVerifierTest.FORGE : JwtVerifierTest.SECOND;
    var unused = request.response().end(forge.jwks());
  }

  private static void fallIntoTheTrap(HttpServerRequest request) {
    TRAPPED.incrementAndGet();
    var unused = request.response().end(JwtVerifierTest.FORGE.jwks());
  }

  private static IssuerSettings issuer(String issuer, String path) {
    return IssuerSettings.of(
        issuer,
        "keyveil",
        "http://127.0.0.1:" + keys.actualPort() + path,
        IssuerSettings.DEFAULT_ALGORITHMS);
  }

  private static String trap(String path) {
    return "http://127.0.0.1:" + trap.actualPort() + path;
  }

  /** What each row is called, and its token. */
  private static Map<String, String> rows() {
    Map<String, String> rows = new LinkedHashMap<>();
    JwtVerifierTest.attacks()
        .map(row -> row.get())
        .forEach(row -> rows.put((String) row[0], (String) row[1]));
    Forge forge = JwtVerifierTest.FORGE;
    for (String field : List.of("jku", "x5u", "kid", "iss", "jwks_uri", "x5t#S256", "url")) {
      rows.put(
          field + " at the trap",
          forge.rs256(
              "{\"typ\":\"JWT\",\"alg\":\"RS256\",\"%s\":\"%s\",\"kid\":\"t-%s\"}"
                  .formatted(field.equals("kid") ? "url" : field, trap("/keys"), trap("/" + field)),
              Forge.claims()));
    }
    rows.put("iss is the trap", trapped("iss", trap("")));
    rows.put("iss is the trap's configuration", trapped("iss", trap("/.well-known/x")));
    rows.put("aud is the trap", trapped("aud", trap("")));
    for (int kib : List.of(15, 16, 24, 31)) {
      rows.put(
          kib + " KiB",
          forge.rs256(
              Forge.HEADER, Forge.with("aud", "").replace("}", pad(kib * 1024 * 3 / 4) + "}")));
    }
    for (int depth : List.of(17, 100, 1_000, 5_000)) {
      rows.put(
          "depth " + depth + " in the header",
          forge.rs256(
              "{\"typ\":\"JWT\",\"alg\":\"RS256\",\"x\":%s}".formatted(nested(depth)),
              Forge.claims()));
    }
    return rows;
  }

  private static String trapped(String claim, String value) {
    return JwtVerifierTest.FORGE.rs256(
        Forge.HEADER, Forge.with(claim, "\"%s\":\"%s\"".formatted(claim, value)));
  }

  private static String pad(int characters) {
    return ",\"pad\":\"" + "p".repeat(characters) + "\"";
  }

  private static String nested(int depth) {
    return "[".repeat(depth) + "]".repeat(depth);
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void answersEveryAttackAlike(HttpVersion version) throws IOException {
    HttpClientAgent client = gateway.client(version);
    assertThat(ask(client, JwtVerifierTest.FORGE.good()).status()).isEqualTo(ADMITTED);
    Answer first = ask(client, "x.y.z");
    Map<String, Integer> counts = new TreeMap<>();
    for (Map.Entry<String, String> row : rows().entrySet()) {
      if (!canBeSent(row.getValue())) {
        counts.merge("cannot be a field's value", 1, Integer::sum);
        continue;
      }
      Answer answer = ask(client, row.getValue());
      assertThat(answer.status()).as(row.getKey()).isEqualTo(401);
      assertThat(answer.header("www-authenticate")).as(row.getKey()).contains(CHALLENGE);
      assertThat(answer.body()).as(row.getKey()).isEqualTo(first.body());
      assertThat(withoutId(answer)).as(row.getKey()).isEqualTo(withoutId(first));
      counts.merge("401", 1, Integer::sum);
    }
    assertThat(counts.getOrDefault("401", 0)).isGreaterThanOrEqualTo(120);
    assertThat(ask(client, JwtVerifierTest.FORGE.good()).status()).isEqualTo(ADMITTED);
    assertThat(TRAPPED).hasValue(0);
    String line = "token attacks, %s: %s of %d rows%n".formatted(version, counts, rows().size());
    System.out.print(line);
    Files.writeString(
        Path.of("target", "token-attacks-" + version + ".txt"),
        line + String.join("\n", rows().keySet()) + "\n");
    client.close().await();
  }

  @Test
  void answersWhatIsTooLongForAnyHeader() {
    HttpClientAgent client = gateway.client(HttpVersion.HTTP_1_1);
    for (int kib : List.of(64, 128, 1024)) {
      Optional<Answer> answer = tryToAsk(client, "a".repeat(kib << 10));
      assertThat(answer.map(Answer::status).orElse(431)).as(kib + " KiB").isEqualTo(431);
    }
    String deep = JwtVerifierTest.FORGE.rs256(Forge.HEADER, Forge.plus("\"d\":" + nested(25_000)));
    assertThat(tryToAsk(client, deep).map(Answer::status).orElse(431)).isEqualTo(431);
    assertThat(ask(client, JwtVerifierTest.FORGE.good()).status()).isEqualTo(ADMITTED);
    client.close().await();
  }

  @Test
  void fetchesKeysAtMostOnceMoreForTenThousandUnknownKids() {
    HttpClientAgent client = gateway.client(HttpVersion.HTTP_2);
    int before = FETCHES.get();
    for (int i = 0; i < 10_000; i++) {
      String header = "{\"typ\":\"JWT\",\"alg\":\"RS256\",\"kid\":\"k%d\"}".formatted(i);
      String unsigned = Forge.input(Forge.utf8(header), Forge.utf8(Forge.claims())) + ".AAAA";
      assertThat(ask(client, unsigned).status()).isEqualTo(401);
    }
    assertThat(FETCHES.get() - before).isLessThanOrEqualTo(1);
    client.close().await();
  }

  @Test
  void refusesAnotherIssuersTokenUnderThisOnesName() {
    HttpClientAgent client = gateway.client(HttpVersion.HTTP_1_1);
    String seconds = Forge.claims().replace(Forge.ISSUER, JwtVerifierTest.SECOND_ISSUER);
    assertThat(ask(client, JwtVerifierTest.SECOND.rs256(Forge.HEADER, seconds)).status())
        .isEqualTo(ADMITTED);
    assertThat(ask(client, JwtVerifierTest.FORGE.rs256(Forge.HEADER, seconds)).status())
        .isEqualTo(401);
    assertThat(ask(client, JwtVerifierTest.SECOND.good()).status()).isEqualTo(401);
    client.close().await();
  }

  private static Answer ask(HttpClientAgent client, String token) {
    return gateway.send(client, HttpMethod.GET, PATH, Optional.of(token), Buffer.buffer());
  }

  /** Empty where the connection was closed before the answer could be read. */
  private static Optional<Answer> tryToAsk(HttpClientAgent client, String token) {
    try {
      return Optional.of(ask(client, token));
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }

  private static boolean canBeSent(String token) {
    return token.chars().allMatch(c -> c > 0x20 && c < 0x7f) || token.isEmpty();
  }

  private static Map<String, List<String>> withoutId(Answer answer) {
    Map<String, List<String>> fields = new TreeMap<>(answer.headers());
    fields.remove("x-request-id");
    return fields;
  }
}
