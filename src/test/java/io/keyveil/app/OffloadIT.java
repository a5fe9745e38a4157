package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.file.DeliveryPolicy;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real nginx, with the configuration that we give out, carries what the gateway has decided. */
class OffloadIT {
  private static final int SIZE = 3 << 20;

  @TempDir static Path folder;
  private static final byte[] CONTENT = new byte[SIZE];
  private static GatewayHarness gateway;
  private static Carrier front;
  private static String base;

  @BeforeAll
  static void start() {
    Carrier.require();
    new Random(5).nextBytes(CONTENT);
    gateway =
        GatewayHarness.start(
            folder,
            settings ->
                EdgeSettings.offloaded(
                    EdgeSettings.listen(settings, EdgeSettings::plain), Carrier.settings(folder)));
    front =
        new Carrier(folder, gateway.gateway().port(), gateway.s3().endpoint().getRawAuthority());
    base = front.base();
  }

  @AfterAll
  static void stop() {
    if (front != null) {
      front.close();
      gateway.close();
    }
  }

  /** Whatever happened, nothing that was said on this side of S3 may tell where files lie. */
  @AfterEach
  void keepsTheKeyInside() throws IOException {
    for (String log : List.of("carried.log", "error.log")) {
      assertThat(Files.readString(folder.resolve(log)))
          .doesNotContain("X-Amz", "jane-doe", "clinic-canary", "dl-0a1b2c");
    }
    assertThat(front.output()).doesNotContain("X-Amz", "jane-doe", "[emerg]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2"})
  void givesTheBytesWithTheFieldsOfTheGateway(String version) throws IOException {
    Got got = get(file(), version);
    assertThat(got.status()).isEqualTo(200);
    assertThat(got.body()).isEqualTo(CONTENT);
    String fields = got.fields().toLowerCase(Locale.ROOT);
    assertThat(fields)
        .contains("content-disposition: attachment", "accept-ranges: bytes", "etag: \"")
        .contains("content-type: application/octet-stream", "cache-control: private, no-store")
        .contains("x-content-type-options: nosniff", "x-request-id: ")
        .contains("content-length: " + SIZE + "\r\n")
        .doesNotContain("x-amz", "x-keyveil", "x-accel", "jane-doe", "content-range");
    String request = got.field("x-request-id");
    assertThat(delivery(request)).isEqualTo("offload");
    awaitCompletion(request, "\"outcome\":\"complete\",\"status\":200,\"sent\":" + SIZE);
    assertThat(records(request, "completion")).hasSize(1);
    JsonObject end = records(request, "completion").findFirst().orElseThrow();
    assertThat(end.getJsonObject("actor").getString("subject")).isEqualTo("alice");
    assertThat(end.getString("file")).isNotNull();
    assertThat(end.getString("delivery")).isEqualTo("offload");
  }

  @Test
  void leavesToTheGatewayWhatIsChecked() throws IOException {
    String id = gateway.opaqueFile(CONTENT, "alice", DeliveryPolicy.STREAM);
    Got whole = get(id);
    assertThat(whole.body()).isEqualTo(CONTENT);
    assertThat(delivery(whole.field("x-request-id"))).isEqualTo("stream");
    Got same = get(id, "-H", "Range: bytes=0-");
    assertThat(same.body()).isEqualTo(CONTENT);
    assertThat(delivery(same.field("x-request-id"))).isEqualTo("stream");
    Got part = get(id, "-H", "Range: bytes=1-");
    assertThat(delivery(part.field("x-request-id"))).isEqualTo("offload");
    assertThat(part.body()).isEqualTo(Arrays.copyOfRange(CONTENT, 1, SIZE));
    assertThat(part.fields()).contains("repr-digest: sha-256=");
  }

  @Test
  void carriesWhatComesByALinkWithoutAnEnd() throws IOException {
    JsonObject link = mint(file(), "{}");
    Got got = curl(at(link));
    assertThat(got.body()).isEqualTo(CONTENT);
    assertThat(delivery(got.field("x-request-id"))).isEqualTo("offload");
    awaitCompletion(got.field("x-request-id"), "\"outcome\":\"complete\"");
    assertThat(curl(at(link)).body()).isEqualTo(CONTENT);
  }

  @Test
  void countsWhatTheButtonOfAPageBegan() throws IOException {
    JsonObject link = mint(file(), "{\"landing\": true}");
    Path jar = folder.resolve("jar");
    String[] jars = {"-b", jar.toString(), "-c", jar.toString()};
    Got page = curl(at(link));
    assertThat(page.fields()).contains("text/html");
    List<String> press = new ArrayList<>(List.of(jars));
    press.addAll(List.of("-X", "POST"));
    Got pressed = curl(at(link), press.toArray(String[]::new));
    assertThat(pressed.status()).isEqualTo(303);
    Got part = curl(at(link) + "?download", "-b", jar.toString(), "-r", "0-999999");
    assertThat(delivery(part.field("x-request-id"))).isEqualTo("offload");
    awaitCompletion(part.field("x-request-id"), "\"outcome\":\"complete\"");
    assertThat(downloads(link)).isZero();
    Got rest = curl(at(link) + "?download", "-b", jar.toString(), "-r", "1000000-");
    assertThat(rest.status()).isEqualTo(206);
    awaitCompletion(rest.field("x-request-id"), "\"outcome\":\"complete\"");
    assertThat(downloads(link)).isEqualTo(1);
  }

  /**
   * What nginx has sent is known half a second late, or never; a single download is not for that.
   */
  @Test
  void leavesToTheGatewayWhatHasToBeCountedExactly() throws IOException {
    JsonObject link = mint(file(), "{\"maxDownloads\": 1}");
    Got got = curl(at(link));
    assertThat(got.body()).isEqualTo(CONTENT);
    assertThat(delivery(got.field("x-request-id"))).isEqualTo("stream");
    assertThat(downloads(link)).isEqualTo(1);
    assertThat(curl(at(link)).status()).isEqualTo(410);
  }

  @Test
  void leavesRangesToTheGateway() throws IOException {
    String id = file();
    Got part = get(id, "-H", "Range: bytes=1000-1999");
    assertThat(delivery(part.field("x-request-id"))).isEqualTo("offload");
    assertThat(part.status()).isEqualTo(206);
    assertThat(part.fields()).contains("content-range: bytes 1000-1999/" + SIZE);
    assertThat(part.body()).isEqualTo(Arrays.copyOfRange(CONTENT, 1000, 2000));
    awaitCompletion(
        part.field("x-request-id"), "\"status\":206,\"sent\":1000,\"range\":\"1000-1999\"");
    Got end = get(id, "-H", "Range: bytes=-10");
    assertThat(end.body()).isEqualTo(Arrays.copyOfRange(CONTENT, SIZE - 10, SIZE));
    Got other = get(id, "-H", "Range: bytes=0-9", "-H", "If-Range: \"other\"");
    assertThat(other.status()).isEqualTo(200);
    assertThat(other.body()).hasSize(SIZE);
    Got several = get(id, "-H", "Range: bytes=0-9,20-29");
    assertThat(several.status()).isEqualTo(200);
    assertThat(several.body()).hasSize(SIZE);
    assertThat(get(id, "-H", "Range: bytes=" + SIZE + "-").status()).isEqualTo(416);
    String tag = end.field("etag");
    assertThat(get(id, "-H", "If-None-Match: " + tag).status()).isEqualTo(304);
    Got head = get(id, "-I");
    assertThat(head.fields()).contains("content-length: " + SIZE);
  }

  @Test
  void tellsNothingOfWhatStorageSays() throws IOException {
    gateway.s3().put(GatewayHarness.BUCKET, "jane-doe/gone.bin", CONTENT);
    String gone = register("jane-doe/gone.bin");
    gateway.s3().put(GatewayHarness.BUCKET, "jane-doe/changed.bin", CONTENT);
    String changed = register("jane-doe/changed.bin");
    gateway.s3().delete(GatewayHarness.BUCKET, "jane-doe/gone.bin");
    gateway.s3().put(GatewayHarness.BUCKET, "jane-doe/changed.bin", new byte[SIZE]);
    for (String id : List.of(gone, changed)) {
      Got got = get(id);
      assertThat(got.status()).isEqualTo(410);
      assertThat(new String(got.body(), StandardCharsets.UTF_8))
          .contains("urn:keyveil:problem:gone")
          .doesNotContain("jane-doe", "NoSuchKey", "Precondition");
      assertThat(got.fields()).contains("application/problem+json").doesNotContain("x-amz");
      awaitCompletion(got.field("x-request-id"), "\"outcome\":\"upstream-failed\",\"status\":410");
    }
  }

  @Test
  void cannotBeReachedFromOutside() throws IOException {
    Got got =
        curl(
            base + "/keyveil-internal",
            "-H",
            "X-Keyveil-Host: " + gateway.s3().endpoint().getRawAuthority(),
            "-H",
            "X-Keyveil-Target: /clinic-canary-files/k");
    assertThat(got.status()).isEqualTo(404);
    assertThat(get("A".repeat(22)).status()).isEqualTo(404);
  }

  @Test
  void isForNobodyWithoutTheSecret() throws IOException {
    String id = file();
    for (String secret : List.of("", "guess", Carrier.SECRET + "x")) {
      String answer =
          RawHttp.ask(
              gateway.gateway().port(),
              RawHttp.get(
                  "/files/" + id,
                  "Authorization",
                  "Bearer " + gateway.reader("alice"),
                  "X-Keyveil-Offload",
                  secret));
      assertThat(answer.substring(0, answer.indexOf("\r\n\r\n")))
          .startsWith("HTTP/1.1 200")
          .doesNotContainIgnoringCase("x-accel-redirect")
          .doesNotContainIgnoringCase("x-keyveil");
    }
  }

  /** One whose checksum nobody knows. */
  private static String file() throws IOException {
    gateway.s3().put(GatewayHarness.BUCKET, "jane-doe/scan.bin", CONTENT);
    return register("jane-doe/scan.bin");
  }

  private static JsonObject mint(String file, String wish) throws IOException {
    Got got =
        curl(
            base + "/api/v1/files/" + file + "/links",
            "-H",
            "Authorization: Bearer " + gateway.operator(),
            "-H",
            "Content-Type: application/json",
            "-d",
            wish);
    return new JsonObject(got.content());
  }

  private static String at(JsonObject link) {
    return base + URI.create(link.getString("url")).getPath();
  }

  private static int downloads(JsonObject link) throws IOException {
    Got got =
        curl(
            base + "/api/v1/links/" + link.getString("id"),
            "-H",
            "Authorization: Bearer " + gateway.operator());
    return new JsonObject(got.content()).getInteger("downloads");
  }

  /** How the intent of a request says that its bytes leave. */
  private static String delivery(String request) {
    return records(request, "intent")
        .map(record -> record.getString("delivery"))
        .findFirst()
        .orElseThrow();
  }

  private static Stream<JsonObject> records(String request, String kind) {
    return gateway.audit().stream()
        .map(JsonObject::new)
        .filter(record -> kind.equals(record.getString("kind")))
        .filter(record -> request.equals(record.getString("request")));
  }

  private static String register(String key) throws IOException {
    Got got =
        curl(
            base + "/api/v1/files",
            "-H",
            "Authorization: Bearer " + gateway.operator(),
            "-H",
            "Content-Type: application/json",
            "-d",
            """
            {"bucket": "%s", "key": "%s", "name": "a", "type": "application/octet-stream",
             "access": {"subject": "alice"}}
            """
                .formatted(GatewayHarness.BUCKET, key));
    return new JsonObject(Buffer.buffer(got.body())).getString("id");
  }

  private static void awaitCompletion(String request, String facts) {
    Wait.until(
        "the completion of " + request,
        () ->
            gateway.audit().stream()
                .anyMatch(
                    line ->
                        line.contains("\"kind\":\"completion\",\"request\":\"" + request + "\"")
                            && line.contains(facts)));
  }

  private record Got(String fields, Buffer content) {
    byte[] body() {
      return content.getBytes();
    }

    int status() {
      return Integer.parseInt(fields.split(" ", -1)[1]);
    }

    String field(String name) {
      return fields
          .lines()
          .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ": "))
          .map(line -> line.substring(name.length() + 2))
          .findFirst()
          .orElseThrow();
    }
  }

  private static Got get(String id, String... options) throws IOException {
    List<String> all =
        new ArrayList<>(List.of("-H", "Authorization: Bearer " + gateway.reader("alice")));
    all.addAll(List.of(options));
    return curl(base + "/files/" + id, all.toArray(String[]::new));
  }

  private static Got curl(String url, String... options) throws IOException {
    Path body = Files.write(folder.resolve("got"), new byte[0]);
    List<String> command =
        new ArrayList<>(List.of("curl", "-sS", "--cacert", "cert.pem", "-D", "-", "-o", "got"));
    command.addAll(List.of(options));
    command.add(url);
    Program.Result result = Program.run(folder, Map.of(), command.toArray(String[]::new));
    assertThat(result.code()).as(result.err()).isZero();
    return new Got(
        result.out().replace("\n", "\r\n").replace("\r\r\n", "\r\n"),
        Buffer.buffer(Files.readAllBytes(body)));
  }
}
