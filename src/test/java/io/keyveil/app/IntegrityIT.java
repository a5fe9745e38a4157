package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyveil.app.GatewayHarness.Answer;
import io.keyveil.delivery.DeliverySettings;
import io.keyveil.delivery.Integrity;
import io.keyveil.delivery.OffloadSettings;
import io.keyveil.delivery.ResumeSettings;
import io.keyveil.file.Checksum;
import io.keyveil.file.Checksum.Algorithm;
import io.keyveil.file.SampleFiles;
import io.keyveil.http.OpenApiDocument;
import io.keyveil.s3.LyingS3;
import io.keyveil.s3.LyingS3.Lie;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An S3 that gives wrong bytes with the right length and entity tag: what is known by its checksum
 * never completes.
 */
class IntegrityIT {
  private static final int LARGE = 1 << 20;
  private static final int SMALL = 100;
  private static final List<HttpVersion> VERSIONS =
      List.of(HttpVersion.HTTP_1_1, HttpVersion.HTTP_2);

  @TempDir static Path folder;
  private static Map<Integer, House> houses = Map.of();

  /** A lying S3 whose objects have one size, and a gateway before it for each way to check. */
  private record House(LyingS3 s3, Map<Integrity, GatewayHarness> gateways) {
    static House build(int size) {
      LyingS3 s3 = new LyingS3(size);
      Map<Integrity, GatewayHarness> gateways = new HashMap<>();
      for (Integrity integrity : Integrity.values()) {
        Path home = folder.resolve(size + integrity.word());
        assertThat(home.toFile().mkdir()).isTrue();
        gateways.put(
            integrity,
            GatewayHarness.on(
                s3.endpoint(),
                home,
                settings -> LyingGateway.with(settings, settings.s3(), by(integrity))));
      }
      return new House(s3, gateways);
    }

    GatewayHarness gateway(Integrity integrity) {
      return Optional.ofNullable(gateways.get(integrity)).orElseThrow();
    }

    void close() {
      gateways.values().forEach(GatewayHarness::close);
      s3.close();
    }
  }

  static DeliverySettings by(Integrity integrity) {
    DeliverySettings defaults = DeliverySettings.DEFAULTS;
    return new DeliverySettings(
        defaults.policy(),
        defaults.redirectAbove(),
        defaults.presignedFor(),
        defaults.readScope(),
        defaults.firstByteTimeout(),
        defaults.stallTimeout(),
        defaults.inlineTypes(),
        integrity,
        new ResumeSettings(4, Duration.ofMillis(1), Duration.ofSeconds(30)),
        OffloadSettings.DEFAULTS);
  }

  @BeforeAll
  static void start() {
    houses = Map.of(LARGE, House.build(LARGE), SMALL, House.build(SMALL), 0, House.build(0));
  }

  @AfterAll
  static void stop() {
    houses.values().forEach(House::close);
  }

  private static House house(int size) {
    House house = Optional.ofNullable(houses.get(size)).orElseThrow();
    house.s3().tell(Lie.NONE);
    house.s3().spoil(-1);
    return house;
  }

  private static Stream<Arguments> everyWay(int... sizes) {
    return IntStream.of(sizes)
        .boxed()
        .flatMap(
            size ->
                Stream.of(Algorithm.values())
                    .flatMap(
                        algorithm ->
                            VERSIONS.stream()
                                .map(version -> Arguments.of(size, algorithm, version))));
  }

  static Stream<Arguments> sizes() {
    return everyWay(LARGE, SMALL, 0);
  }

  static Stream<Arguments> sizesWithBytes() {
    return everyWay(LARGE, SMALL);
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @MethodSource("sizes")
  void passesWhatIsRight(int size, Algorithm algorithm, HttpVersion version) {
    House house = house(size);
    GatewayHarness gateway = house.gateway(checkedBy(algorithm));
    Checksum right = right(algorithm, size);
    String id = register(house, gateway, field(algorithm), right.base64());
    Fetch fetch = fetch(gateway, version, id);
    expectWhole(fetch, size, 200);
    assertThat(outcome(gateway, fetch)).isEqualTo("complete");
    assertThat(fetch.fields().contains("sha-256=:" + right.base64() + ":"))
        .isEqualTo(algorithm == Algorithm.SHA256);
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @MethodSource("sizesWithBytes")
  void neverCompletesWhatIsNot(int size, Algorithm algorithm, HttpVersion version) {
    House house = house(size);
    GatewayHarness gateway = house.gateway(checkedBy(algorithm));
    String id = register(house, gateway, field(algorithm), right(algorithm, size).base64());
    for (int wrong : new int[] {0, size / 2, size - 1}) {
      double alarms = alarms(gateway);
      int questions = house.s3().gets();
      house.s3().spoil(wrong);
      Fetch fetch = fetch(gateway, version, id);
      expectCorrupt(gateway, fetch, size);
      assertThat(house.s3().gets() - questions).as("asked once").isEqualTo(1);
      assertThat(alarms(gateway) - alarms).isEqualTo(1);
      house.s3().spoil(-1);
      expectWhole(fetch(gateway, version, id), size, 200);
    }
  }

  @ParameterizedTest(name = "{1} {2}")
  @MethodSource("nothing")
  void neverCompletesNothingWhereSomethingWas(int none, Algorithm algorithm, HttpVersion version) {
    House house = house(0);
    GatewayHarness gateway = house.gateway(checkedBy(algorithm));
    String id = register(house, gateway, field(algorithm), right(algorithm, 1).base64());
    Fetch fetch = fetch(gateway, version, id);
    assertThat(fetch.whole()).isFalse();
    assertThat(last(gateway).getString("outcome")).isEqualTo("corrupt");
  }

  static Stream<Arguments> nothing() {
    return everyWay(0);
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void checksWhatCameInPiecesAsOne(HttpVersion version) {
    House house = house(LARGE);
    GatewayHarness gateway = house.gateway(Integrity.CRC);
    String id = registerByCrc(house, gateway);
    for (long wrong : new long[] {1000, LARGE / 2, LARGE - 1}) {
      house.s3().spoil(wrong);
      house.s3().tellBreak(Lie.SHORT_THEN_FIN, LARGE / 3);
      int questions = house.s3().gets();
      expectCorrupt(gateway, fetch(gateway, version, id), LARGE);
      assertThat(house.s3().gets() - questions).as("asked again once").isEqualTo(2);
    }
    house.s3().spoil(-1);
    house.s3().tellBreak(Lie.SHORT_THEN_FIN, LARGE / 3);
    expectWhole(fetch(gateway, version, id), LARGE, 200);
  }

  @ParameterizedTest
  @ValueSource(ints = {LARGE, SMALL})
  void checksARangeThatIsTheWhole(int size) {
    House house = house(size);
    GatewayHarness gateway = house.gateway(Integrity.CRC);
    String id = registerByCrc(house, gateway, size);
    house.s3().spoil(1);
    Fetch whole = fetch(gateway, HttpVersion.HTTP_1_1, id, "Range", "bytes=0-");
    assertThat(whole.whole()).isFalse();
    assertThat(last(gateway).getString("outcome")).isEqualTo("corrupt");
    Fetch part = fetch(gateway, HttpVersion.HTTP_1_1, id, "Range", "bytes=2-");
    assertThat(part.whole()).isTrue();
    assertThat(part.status()).isEqualTo(206);
  }

  @Test
  void checksNothingWhereItIsToldNotTo() {
    House house = house(SMALL);
    GatewayHarness gateway = house.gateway(Integrity.OFF);
    String id = registerByCrc(house, gateway, SMALL);
    house.s3().spoil(1);
    assertThat(fetch(gateway, HttpVersion.HTTP_1_1, id).whole()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "x-amz-checksum-crc32c, AAAA, FULL_OBJECT",
    "x-amz-checksum-crc32c, AAAAAA==-3, FULL_OBJECT",
    "x-amz-checksum-sha256, '<script>', FULL_OBJECT",
    "x-amz-checksum-sha256, AAAAAA==, FULL_OBJECT",
    "x-amz-checksum-crc32, AAAAAA==, COMPOSITE",
    "x-amz-checksum-crc32, AAAAAA==, SOMETHING_NEW",
    "x-amz-checksum-crc64nvme, AAAAAAAAAAA=, FULL_OBJECT",
  })
  void believesNoChecksumThatIsNone(String field, String value, String type) {
    House house = house(SMALL);
    GatewayHarness gateway = house.gateway(Integrity.SHA256);
    String id = register(house, gateway, field, value, "x-amz-checksum-type", type);
    Fetch fetch = fetch(gateway, HttpVersion.HTTP_1_1, id);
    expectWhole(fetch, SMALL, 200);
    assertThat(fetch.fields()).doesNotContainIgnoringCase("repr-digest");
  }

  @ParameterizedTest
  @EnumSource
  void keepsNoUploadOfWhichS3KnowsOtherwise(Algorithm algorithm) throws IOException {
    House house = house(SMALL);
    GatewayHarness gateway = house.gateway(Integrity.CRC);
    Path source = Files.write(folder.resolve("source"), LyingS3.content(0, SMALL));
    house.s3().vouch(field(algorithm), right(algorithm, SMALL).base64());
    assertThat(RottenDiskIT.upload(gateway, source).size()).isEqualTo(SMALL);
    house.s3().vouch(field(algorithm), right(algorithm, SMALL - 1).base64());
    if (algorithm == Algorithm.CRC32) {
      // Of this one the upload knows nothing, so it is S3's word for what S3 has.
      assertThat(RottenDiskIT.upload(gateway, source).checksums().crc32()).isPresent();
    } else {
      assertThatThrownBy(() -> RottenDiskIT.upload(gateway, source))
          .hasMessage("S3 does not have what was uploaded");
    }
  }

  @Test
  void tellsTheDigestOfTheWholeWhereverItTellsOfTheFile() {
    House house = house(SMALL);
    GatewayHarness gateway = house.gateway(Integrity.CRC);
    Checksum right = right(Algorithm.SHA256, SMALL);
    String id = register(house, gateway, field(Algorithm.SHA256), right.base64());
    String path = "/files/" + id;
    String reader = gateway.reader("alice");
    Answer whole = gateway.get(path, reader);
    Answer part = gateway.get(path, reader, "Range", "bytes=1-2");
    Answer head = gateway.send(HttpMethod.HEAD, path, Optional.of(reader), Buffer.buffer());
    Answer same = gateway.get(path, reader, "If-None-Match", whole.header("etag").orElseThrow());
    Answer failed = gateway.get(path, reader, "If-Match", "\"another\"");
    String digest = "sha-256=:" + right.base64() + ":";
    for (Answer answer : List.of(whole, part, head)) {
      assertThat(answer.header("repr-digest")).contains(digest);
    }
    expectInContract("GET /files/{id}", whole);
    expectInContract("GET /files/{id}", part);
    expectInContract("HEAD /files/{id}", head);
    expectInContract("GET /files/{id}", same);
    assertThat(List.of(part.status(), same.status(), failed.status()))
        .containsExactly(206, 304, 412);
    // The body of an error is a representation of its own, and a 304 has its entity tag.
    assertThat(same.header("repr-digest")).isEmpty();
    assertThat(failed.header("repr-digest")).isEmpty();
    Answer shown =
        gateway.send(
            HttpMethod.GET,
            "/api/v1/files/" + id,
            Optional.of(gateway.operator()),
            Buffer.buffer());
    assertThat(shown.body().toJsonObject().getString("sha256")).isEqualTo(right.hex());
  }

  private static void expectInContract(String operation, Answer answer) {
    assertThat(answer.headers().keySet())
        .filteredOn(name -> !name.equals("content-type"))
        .isSubsetOf(OpenApiDocument.load().headers(operation, answer.status()));
  }

  private static Integrity checkedBy(Algorithm algorithm) {
    return algorithm == Algorithm.SHA256 ? Integrity.SHA256 : Integrity.CRC;
  }

  private static Checksum right(Algorithm algorithm, int size) {
    return SampleFiles.checksum(algorithm, LyingS3.content(0, size));
  }

  private static String field(Algorithm algorithm) {
    return "x-amz-checksum-" + algorithm.word();
  }

  private static String registerByCrc(House house, GatewayHarness gateway) {
    return registerByCrc(house, gateway, LARGE);
  }

  private static String registerByCrc(House house, GatewayHarness gateway, int size) {
    Checksum right = right(Algorithm.CRC32C, size);
    return register(house, gateway, field(Algorithm.CRC32C), right.base64());
  }

  private static String register(House house, GatewayHarness gateway, String... vouched) {
    house.s3().vouch(vouched);
    return LyingGateway.register(gateway);
  }

  private static Fetch fetch(
      GatewayHarness gateway, HttpVersion version, String id, String... fields) {
    HttpClientAgent client = gateway.client(version);
    try {
      long before = completions(gateway).count();
      Fetch fetch = Fetch.of(gateway, client, id, fields);
      Wait.until("the record of the end", () -> completions(gateway).count() == before + 1);
      return fetch;
    } finally {
      client.close().await();
    }
  }

  private static void expectWhole(Fetch fetch, int size, int status) {
    assertThat(fetch.status()).isEqualTo(status);
    assertThat(fetch.whole()).isTrue();
    assertThat(fetch.bytes().getBytes()).isEqualTo(LyingS3.content(0, size));
  }

  /** Where nothing but the last chunk came, there is no answer at all. */
  private static void expectCorrupt(GatewayHarness gateway, Fetch fetch, int size) {
    assertThat(fetch.status()).isIn(0, 200);
    assertThat(fetch.whole()).isFalse();
    assertThat(fetch.bytes().length()).isLessThan(size);
    JsonObject record = last(gateway);
    assertThat(record.getString("outcome")).isEqualTo("corrupt");
    assertThat(record.getInteger("status")).isEqualTo(200);
    assertThat(record.getLong("sent")).isBetween((long) fetch.bytes().length(), size - 1L);
    assertThat(gateway.management("/metrics").text())
        .contains("keyveil_downloads_size_bytes_count{ending=\"corrupt\"}");
  }

  private static double alarms(GatewayHarness gateway) {
    return gateway
        .management("/metrics")
        .text()
        .lines()
        .filter(line -> line.startsWith("keyveil_alarms_total{kind=\"transfer-corrupt\"} "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
        .sum();
  }

  private static String outcome(GatewayHarness gateway, Fetch fetch) {
    JsonObject record = last(gateway);
    assertThat(fetch.requestId()).contains(record.getString("request"));
    return record.getString("outcome");
  }

  private static JsonObject last(GatewayHarness gateway) {
    return completions(gateway).reduce((one, next) -> next).orElseThrow();
  }

  private static Stream<JsonObject> completions(GatewayHarness gateway) {
    return gateway.audit().stream()
        .map(JsonObject::new)
        .filter(record -> record.getString("kind").equals("completion"));
  }
}
