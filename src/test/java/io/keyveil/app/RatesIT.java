package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.access.SteerableClock;
import io.keyveil.access.TokenMint;
import io.keyveil.app.GatewayHarness.Answer;
import io.keyveil.config.KeyveilSettings;
import io.keyveil.http.AddressBlock;
import io.keyveil.http.LimitSettings;
import io.keyveil.http.ListenSettings;
import io.keyveil.limit.Enforcement;
import io.keyveil.limit.Rate;
import io.keyveil.limit.RateSettings;
import io.keyveil.limit.RateSettings.Traffic;
import io.keyveil.s3.LocalS3;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What whoever asks too fast is answered, and who is not; by a clock that a test moves. */
class RatesIT {
  private static final Rate ANY = new Rate(0, 1);
  private static final Traffic ALL = new Traffic(ANY, ANY);
  private static final byte[] CONTENT = new byte[4 << 20];
  private static final String UNKNOWN = "AAAAAAAAAAAAAAAAAAAAAA";

  static {
    new Random(7).nextBytes(CONTENT);
  }

  @TempDir Path folder;

  private final SteerableClock clock = new SteerableClock(Instant.now());
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  @Test
  void refusesASubjectThatAsksTooFast() {
    House house = house(enforced(ALL, requests(3), ANY, ANY));
    for (int i = 0; i < 3; i++) {
      assertThat(house.head("alice").status()).isEqualTo(200);
    }
    Answer refused = house.gateway.get(house.path, house.gateway.reader("alice"));
    expectTooFast(refused, "\"subject\";q=3;w=3", "\"subject\";r=0;t=1");
    assertThat(refused.header("Content-Type")).contains("application/problem+json");
    assertThat(refused.text()).contains("urn:keyveil:problem:too-many-requests");
    JsonObject record = house.gateway.counted("too-fast", "alice");
    assertThat(record.getInteger("status")).isEqualTo(429);
    assertThat(record.getInteger("count")).isEqualTo(1);
    assertThat(house.refusals()).isZero();
    assertThat(house.head("bob").status()).isEqualTo(404);
    assertThat(house.metrics())
        .contains("keyveil_limited_total{kind=\"subject\",mode=\"enforce\"} 1.0")
        .contains("keyveil_decisions_total{decision=\"refused\",reason=\"too-fast\"} 1.0");
    waitAsTold(refused);
    assertThat(house.head("alice").status()).isEqualTo(200);
    assertThat(house.head("alice").status()).isEqualTo(429);
  }

  @Test
  void saysTheSameOfUnknownAndForeignFiles() {
    House house = house(enforced(ALL, requests(3), ANY, ANY));
    List<Map<String, List<String>>> foreign = house.answers("bob", house.path);
    assertThat(house.answers("carol", "/files/" + UNKNOWN)).isEqualTo(foreign);
    assertThat(house.answers("dave", "/files/no-id")).isEqualTo(foreign);
    assertThat(foreign)
        .extracting(answer -> answer.get("status"))
        .containsExactly(
            List.of("404"), List.of("404"), List.of("404"), List.of("429"), List.of("429"));
  }

  @Test
  void onlyReportsWhereItIsToldTo() {
    Rate one = new Rate(1, 1);
    House house =
        house(
            new RateSettings(
                Enforcement.REPORT,
                1_000,
                new Traffic(one, one),
                new Traffic(one, one),
                one,
                one,
                one));
    for (int i = 0; i < 3; i++) {
      Answer whole = house.gateway.get(house.path, house.gateway.reader("alice"));
      assertThat(whole.status()).isEqualTo(200);
      assertThat(whole.body()).isEqualTo(Buffer.buffer(CONTENT));
      assertThat(whole.header("Retry-After")).isEmpty();
      assertThat(house.gateway.get(house.path, "bad").status()).isEqualTo(401);
      assertThat(house.register("more-" + i)).isEqualTo(201);
    }
    for (String kind :
        List.of(
            "address", "address-bytes", "subject", "subject-bytes", "registration", "failures")) {
      assertThat(house.metrics())
          .contains("keyveil_limited_total{kind=\"" + kind + "\",mode=\"report\"}");
    }
    assertThat(house.metrics()).doesNotContainPattern("mode=\"enforce\"} (?!0\\.0)");
    assertThat(house.refusals()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "X-Forwarded-For | 198.51.100.1 | 198.51.100.1 | 198.51.100.2",
        "X-Forwarded-For | 203.0.113.9, 198.51.100.1 | 192.0.2.77, 198.51.100.1 | 198.51.100.2",
        "X-Forwarded-For | 2001:db8:1:2::1 | 2001:db8:1:2:ffff::2 | 2001:db8:1:3::1",
        "X-Forwarded-For | 198.51.100.1 | ::ffff:198.51.100.1 | ::ffff:198.51.100.2",
        "Forwarded | for=198.51.100.1 | for=\"198.51.100.1:4711\" | for=\"[2001:db8::1]\"",
      })
  void countsTheAddressThatATrustedProxyForwardsFor(
      String field, String first, String same, String other) {
    House house = house(enforced(requests(2), ALL, ANY, ANY), "127.0.0.1");
    assertThat(house.from(field, first).status()).isEqualTo(200);
    assertThat(house.from(field, same).status()).isEqualTo(200);
    Answer refused = house.from(field, first);
    expectTooFast(refused, "\"address\";q=2;w=2", "\"address\";r=0;t=1");
    assertThat(house.from(field, same).status()).isEqualTo(429);
    assertThat(house.from(field, other).status()).isEqualTo(200);
    assertThat(house.refusals()).isZero();
    waitAsTold(refused);
    assertThat(house.from(field, same).status()).isEqualTo(200);
  }

  @Test
  void countsWhateverAnAddressAsksFor() {
    House house = house(enforced(requests(5), ALL, ANY, ANY));
    HttpClientAgent one = house.gateway.singleClient(HttpVersion.HTTP_1_1);
    // The one that registered the file was the first.
    assertThat(house.send(one, HttpMethod.GET, "/nowhere", "")).isEqualTo(404);
    assertThat(house.send(one, HttpMethod.GET, "/openapi.yaml", "")).isEqualTo(200);
    assertThat(house.send(one, HttpMethod.PUT, "/openapi.yaml", "")).isEqualTo(405);
    assertThat(house.send(one, HttpMethod.GET, "/files/" + UNKNOWN, "")).isEqualTo(401);
    assertThat(house.send(one, HttpMethod.GET, "/nowhere", "")).isEqualTo(429);
    assertThat(house.send(one, HttpMethod.GET, "/files/" + UNKNOWN, "")).isEqualTo(429);
    String body = "x".repeat(100_000);
    assertThat(house.send(one, HttpMethod.POST, "/api/v1/files", body)).isEqualTo(429);
    clock.move(Duration.ofSeconds(1));
    assertThat(house.send(one, HttpMethod.GET, "/openapi.yaml", "")).isEqualTo(200);
  }

  @Test
  void refusesOnlyFurtherBadCredentials() {
    House house = house(enforced(ALL, ALL, ANY, new Rate(1, 3)));
    GatewayHarness gateway = house.gateway;
    for (int i = 0; i < 3; i++) {
      assertThat(gateway.get(house.path, "bad-" + i).status()).isEqualTo(401);
    }
    Answer refused = gateway.get(house.path, "bad");
    expectTooFast(refused, "\"failures\";q=3;w=3", "\"failures\";r=0;t=1");
    assertThat(gateway.get("/api/v1/files", "bad").status()).isEqualTo(429);
    assertThat(house.head("alice").status()).isEqualTo(200);
    assertThat(house.head("bob").status()).isEqualTo(404);
    assertThat(gateway.get("/api/v1/files", gateway.operator()).status()).isEqualTo(200);
    assertThat(gateway.get(house.path, expired(gateway)).status()).isEqualTo(401);
    assertThat(gateway.send(HttpMethod.GET, house.path, Optional.empty(), Buffer.buffer()).status())
        .isEqualTo(401);
    assertThat(house.refusals()).isZero();
    waitAsTold(refused);
    assertThat(gateway.get("/api/v1/files", "bad").status()).isEqualTo(401);
    assertThat(gateway.get(house.path, "bad").status()).isEqualTo(429);
  }

  @Test
  void countsBadCredentialsOfEachAddressByItself() {
    House house = house(enforced(ALL, ALL, ANY, new Rate(1, 1)), "127.0.0.1");
    String field = "X-Forwarded-For";
    assertThat(house.gateway.get(house.path, "bad", field, "198.51.100.1").status()).isEqualTo(401);
    assertThat(house.gateway.get(house.path, "bad", field, "198.51.100.1").status()).isEqualTo(429);
    assertThat(house.gateway.get(house.path, "bad", field, "198.51.100.2").status()).isEqualTo(401);
  }

  @Test
  void refusesASubjectThatRegistersTooFast() {
    House house = house(enforced(ALL, ALL, new Rate(1, 2), ANY));
    assertThat(house.register("second")).isEqualTo(201);
    Answer refused = house.registering("third", house.gateway.operator());
    expectTooFast(refused, "\"registration\";q=2;w=2", "\"registration\";r=0;t=1");
    assertThat(house.gateway.get("/api/v1/files", house.gateway.operator()).status())
        .isEqualTo(200);
    String other = house.gateway.token("other", Set.of("files:write"), Map.of());
    assertThat(house.registering("fourth", other).status()).isEqualTo(201);
    waitAsTold(refused);
    assertThat(house.register("third")).isEqualTo(201);
    assertThat(house.register("fifth")).isEqualTo(429);
  }

  @Test
  void countsASubjectsCallsOfTheApiAndItsDownloadsTogether() {
    House house = house(enforced(ALL, requests(4), ANY, ANY));
    String token = house.gateway.token("alice", Set.of("files:read", "files:manage"), Map.of());
    for (int i = 0; i < 2; i++) {
      assertThat(house.gateway.get("/api/v1/files", token).status()).isEqualTo(200);
      assertThat(house.gateway.get(house.path, token, "Range", "bytes=0-9").status())
          .isEqualTo(206);
    }
    assertThat(house.gateway.get("/api/v1/files", token).status()).isEqualTo(429);
    assertThat(house.gateway.get(house.path, token).status()).isEqualTo(429);
    assertThat(house.gateway.get("/api/v1/files", house.gateway.operator()).status())
        .isEqualTo(200);
  }

  @Test
  void slowsAStreamDownAndBreaksNothing() {
    int rate = 1 << 20;
    House house = house(enforced(ALL, new Traffic(ANY, new Rate(rate, rate)), ANY, ANY));
    HttpClientAgent client = house.gateway.client(HttpVersion.HTTP_1_1);
    AtomicLong came = new AtomicLong();
    Buffer content = Buffer.buffer();
    var whole =
        client
            .request(
                new RequestOptions()
                    .setHost("localhost")
                    .setPort(house.gateway.gateway().port())
                    .setURI(house.path)
                    .putHeader("Authorization", "Bearer " + house.gateway.reader("alice")))
            .compose(HttpClientRequest::send)
            .compose(
                response -> {
                  response.handler(
                      bytes -> {
                        content.appendBuffer(bytes);
                        came.addAndGet(bytes.length());
                      });
                  return response.end();
                });
    long may = rate;
    while (may < CONTENT.length) {
      long now = may;
      Wait.until("what may come by now", () -> came.get() >= now);
      assertThat(came.get()).isLessThanOrEqualTo(may + (256 << 10));
      assertThat(whole.isComplete()).isFalse();
      clock.move(Duration.ofMillis(250));
      may += rate / 4;
    }
    clock.move(Duration.ofSeconds(1));
    whole.await();
    assertThat(content).isEqualTo(Buffer.buffer(CONTENT));
    assertThat(house.metrics())
        .contains("keyveil_limited_total{kind=\"subject-bytes\",mode=\"enforce\"} 1.0");
    client.close().await();
  }

  @Test
  void keepsNewRequestsOutWhileManyBytesAreOwed() {
    House house = house(enforced(ALL, new Traffic(ANY, new Rate(1_000, 1_000)), ANY, ANY));
    for (int i = 0; i < 6; i++) {
      assertThat(house.part("alice").status()).isEqualTo(206);
    }
    Answer refused = house.part("alice");
    expectTooFast(
        refused, "\"subject-bytes\";q=1000;w=1;qu=\"content-bytes\"", "\"subject-bytes\";r=0;t=11");
    assertThat(house.gateway.counted("too-fast", "alice").getInteger("count")).isEqualTo(1);
    assertThat(house.head("bob").status()).isEqualTo(404);
    waitAsTold(refused);
    assertThat(house.part("alice").status()).isEqualTo(206);
  }

  private void waitAsTold(Answer refused) {
    clock.move(Duration.ofSeconds(Long.parseLong(refused.header("Retry-After").orElseThrow())));
  }

  private static void expectTooFast(Answer answer, String policy, String state) {
    assertThat(answer.status()).isEqualTo(429);
    assertThat(answer.header("RateLimit-Policy")).contains(policy);
    assertThat(answer.header("RateLimit")).contains(state);
    assertThat(state).endsWith(";t=" + answer.header("Retry-After").orElseThrow());
  }

  private static String expired(GatewayHarness gateway) {
    return TokenMint.of(
            gateway.issuer().privatePem(),
            Optional.empty(),
            InstantSource.fixed(Instant.now().minusSeconds(3_600)),
            new SecureRandom())
        .mint(
            new TokenMint.Grant(
                GatewayHarness.ISSUER,
                GatewayHarness.AUDIENCE,
                "alice",
                Set.of("files:read"),
                Map.of(),
                Duration.ofMinutes(10)));
  }

  private static Traffic requests(int burst) {
    return new Traffic(new Rate(1, burst), ANY);
  }

  private static RateSettings enforced(
      Traffic address, Traffic subject, Rate registration, Rate failures) {
    return new RateSettings(
        Enforcement.ENFORCE, 1_000, address, subject, registration, registration, failures);
  }

  private House house(RateSettings rates, String... trustedProxies) {
    LocalS3 s3 =
        new LocalS3(folder.resolve("s3"), GatewayHarness.BUCKET, GatewayHarness.OPAQUE_BUCKET);
    open.add(s3);
    s3.put(GatewayHarness.BUCKET, "scan", CONTENT);
    GatewayHarness gateway =
        GatewayHarness.on(
            s3.endpoint(),
            folder,
            clock,
            settings -> GatewayHarness.withShortWindows(with(settings, rates, trustedProxies)));
    open.add(0, gateway);
    return new House(gateway);
  }

  private static KeyveilSettings with(
      KeyveilSettings settings, RateSettings rates, String... trustedProxies) {
    ListenSettings listen = settings.listen();
    LimitSettings limits = settings.limits();
    return new KeyveilSettings(
        settings.profile(),
        new ListenSettings(
            listen.host(),
            listen.port(),
            listen.publicUrl(),
            listen.tls(),
            List.of(trustedProxies).stream()
                .map(text -> AddressBlock.parse(text).orElseThrow())
                .toList(),
            listen.proxyProtocol(),
            listen.pathPrefix(),
            listen.redirectPort(),
            listen.connections()),
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
            limits.idle(),
            limits.downloads(),
            limits.downloadsPerSubject(),
            rates),
        settings.cors(),
        settings.pages(),
        settings.drain());
  }

  /** A gateway with one file, which is alice's. */
  private static final class House {
    private final GatewayHarness gateway;
    private final String path;

    House(GatewayHarness gateway) {
      this.gateway = gateway;
      this.path =
          "/files/" + registering("scan", gateway.operator()).body().toJsonObject().getString("id");
    }

    int register(String name) {
      return registering(name, gateway.operator()).status();
    }

    Answer registering(String name, String token) {
      return gateway.send(
          HttpMethod.POST,
          "/api/v1/files",
          Optional.of(token),
          Buffer.buffer(
              """
              {"bucket": "%s", "key": "scan", "name": "%s", "access": {"subject": "alice"}}
              """
                  .formatted(GatewayHarness.BUCKET, name)),
          "Content-Type",
          "application/json");
    }

    Answer head(String subject) {
      return gateway.send(
          HttpMethod.HEAD, path, Optional.of(gateway.reader(subject)), Buffer.buffer());
    }

    Answer part(String subject) {
      return gateway.get(path, gateway.reader(subject), "Range", "bytes=0-1999");
    }

    /** An answer that needs no token and comes from a forwarded address. */
    Answer from(String field, String address) {
      return gateway.send(
          HttpMethod.GET, "/openapi.yaml", Optional.empty(), Buffer.buffer(), field, address);
    }

    int send(HttpClientAgent client, HttpMethod method, String path, String body) {
      return gateway.send(client, method, path, Optional.empty(), Buffer.buffer(body)).status();
    }

    /** Five answers, without what differs in every answer. */
    List<Map<String, List<String>>> answers(String subject, String path) {
      List<Map<String, List<String>>> answers = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        Answer answer = gateway.get(path, gateway.reader(subject));
        Map<String, List<String>> facts = new TreeMap<>(answer.headers());
        facts.remove("x-request-id");
        facts.put("status", List.of(Integer.toString(answer.status())));
        facts.put("body", List.of(answer.text()));
        answers.add(facts);
      }
      return answers;
    }

    /** How many requests have a record of their own that they were refused for their rate. */
    long refusals() {
      return gateway.audit().stream()
          .map(JsonObject::new)
          .filter(record -> record.containsKey("request"))
          .filter(record -> Integer.valueOf(429).equals(record.getInteger("status")))
          .count();
    }

    String metrics() {
      return gateway.management("/metrics").text();
    }
  }
}
