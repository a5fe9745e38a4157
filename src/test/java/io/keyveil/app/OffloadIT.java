package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.access.SharedSecret;
import io.keyveil.delivery.OffloadSettings;
import io.keyveil.file.DeliveryPolicy;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real nginx, with the configuration that we give out, carries what the gateway has decided. */
class OffloadIT {
  private static final String SECRET = "offload-secret-of-the-test";
  private static final String MODULE =
      "/usr/lib/nginx/modules/ngx_http_headers_more_filter_module.so";
  private static final int SIZE = 3 << 20;

  @TempDir static Path folder;
  private static final byte[] CONTENT = new byte[SIZE];
  private static GatewayHarness gateway;
  private static Front front;
  private static int port;
  private static String base;

  @BeforeAll
  static void start() {
    Program.require("curl");
    Front.require("/usr/sbin/nginx");
    Assumptions.assumeTrue(
        Files.exists(Path.of(MODULE)), "libnginx-mod-http-headers-more-filter is not installed");
    new Random(5).nextBytes(CONTENT);
    gateway =
        GatewayHarness.start(
            folder,
            settings ->
                EdgeSettings.offloaded(
                    EdgeSettings.listen(settings, EdgeSettings::plain),
                    new OffloadSettings(
                        Optional.of(SharedSecret.of(SECRET)),
                        "/keyveil-internal",
                        Optional.of(folder.resolve("carried.log")))));
    port = Front.freePort();
    base = "https://localhost:" + port;
    String s3 = gateway.s3().endpoint().getRawAuthority();
    Map<String, String> replaced = new LinkedHashMap<>();
    replaced.put("modules", "load_module " + MODULE + ";\n");
    replaced.put("listen 443 ssl", "listen 127.0.0.1:" + port + " ssl");
    replaced.put("files.example.org;", "localhost;");
    replaced.put("/etc/nginx/keyveil-cert.pem", folder.resolve("cert.pem").toString());
    replaced.put("/etc/nginx/keyveil-key.pem", folder.resolve("key.pem").toString());
    replaced.put("/var/log/nginx/keyveil-carried.log keyv", folder + "/carried.log keyv");
    replaced.put("REPLACE-BY-THE-SECRET", SECRET);
    replaced.put("10.0.0.11:8443", "127.0.0.1:" + gateway.gateway().port());
    replaced.put("server s3.eu-west-1.amazonaws.com:443;", "server " + s3 + ";");
    replaced.put("\"s3.eu-west-1.amazonaws.com\" \"https:", "\"" + s3 + "\" \"http:");
    front = Front.nginx(folder, "keyveil-offload.conf", port, replaced);
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

  @Test
  void givesTheBytesWithTheFieldsOfTheGateway() throws IOException {
    Got got = get(file());
    assertThat(got.status()).isEqualTo(200);
    assertThat(got.body()).isEqualTo(CONTENT);
    assertThat(got.fields())
        .contains("content-disposition: attachment", "accept-ranges: bytes", "etag: \"")
        .contains("content-type: application/octet-stream", "cache-control: private, no-store")
        .contains("x-content-type-options: nosniff", "x-request-id: ", "repr-digest: sha-256=")
        .contains("content-length: " + SIZE + "\r\n")
        .doesNotContain("x-amz", "x-keyveil", "x-accel", "jane-doe", "content-range");
    assertThat(gateway.audit()).anyMatch(line -> line.contains("\"delivery\":\"offload\""));
    String request = got.field("x-request-id");
    awaitCompletion(request, "\"outcome\":\"complete\",\"status\":200,\"sent\":" + SIZE);
  }

  @Test
  void leavesRangesToTheGateway() throws IOException {
    String id = file();
    Got part = get(id, "-H", "Range: bytes=1000-1999");
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
  void isForNobodyWithoutTheSecret() {
    String id = file();
    for (String secret : List.of("", "guess", SECRET + "x")) {
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

  private static String file() {
    return gateway.opaqueFile(CONTENT, "alice", DeliveryPolicy.STREAM);
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
            {"bucket": "%s", "key": "%s", "name": "a", "type": "a/b",
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
          .filter(line -> line.startsWith(name + ": "))
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
