package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.app.GatewayHarness.Answer;
import io.keyveil.file.DeliveryPolicy;
import io.keyveil.s3.LyingS3.Lie;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Links work for people, and for nobody else. */
class LinksIT {
  private static final byte[] CONTENT = content(300_000);
  private static final String CURL = "curl/8.5.0";
  private static final String BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Chrome/150.0";

  @TempDir static Path folder;
  @TempDir Path own;
  private static GatewayHarness gateway;
  private static String file;

  @BeforeAll
  static void start() {
    gateway = GatewayHarness.start(folder);
    file = gateway.file("patients/Jane Doe.bin", CONTENT, "alice", "stream");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static byte[] content(int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (i * 31 + i / 256);
    }
    return bytes;
  }

  private static Answer api(HttpMethod method, String path, String body) {
    return gateway.send(
        method,
        path,
        Optional.of(gateway.operator()),
        Buffer.buffer(body),
        "Content-Type",
        "application/json");
  }

  private static JsonObject mint(String id, String wish) {
    Answer answer = api(HttpMethod.POST, "/api/v1/files/" + id + "/links", wish);
    assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    return answer.body().toJsonObject();
  }

  private static String path(JsonObject link) {
    return URI.create(link.getString("url")).getPath();
  }

  private static String link(String wish) {
    return path(mint(file, wish));
  }

  private static Answer get(String path, String agent, String... fields) {
    return ask(HttpMethod.GET, path, agent, fields);
  }

  private static Answer ask(HttpMethod method, String path, String agent, String... fields) {
    String[] all = Arrays.copyOf(fields, fields.length + 2);
    all[fields.length] = "User-Agent";
    all[fields.length + 1] = agent;
    return gateway.send(method, path, Optional.empty(), Buffer.buffer(), all);
  }

  private static List<JsonObject> records(String link) {
    return gateway.audit().stream()
        .map(JsonObject::new)
        .filter(record -> link.equals(record.getString("link")))
        .toList();
  }

  @Test
  void mintsALinkThatOpensTheFile() {
    JsonObject link =
        mint(
            file,
            """
            {"expiresIn": "10m", "maxDownloads": 1, "landing": false, "onBehalfOf": "alice",
             "label": "discharge letter"}
            """);
    assertThat(link.getString("url")).startsWith("https://localhost/links/");
    assertThat(path(link)).hasSizeGreaterThanOrEqualTo("/links/".length() + 22);
    Answer answer = get(path(link), CURL);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().getBytes()).isEqualTo(CONTENT);
    assertThat(answer.header("content-disposition").orElse("")).contains("scan.bin");
    Answer shown = gateway.get("/api/v1/links/" + link.getString("id"), gateway.operator());
    JsonObject json = shown.body().toJsonObject();
    assertThat(json.getInteger("downloads")).isEqualTo(1);
    assertThat(json.getString("onBehalfOf")).isEqualTo("alice");
    assertThat(json.getString("label")).isEqualTo("discharge letter");
    assertThat(json.containsKey("url")).isFalse();
    List<JsonObject> records = records(link.getString("id"));
    assertThat(records.get(0).getString("action")).isEqualTo("mint-link");
    assertThat(records)
        .filteredOn(record -> "intent".equals(record.getString("kind")))
        .singleElement()
        .matches(intent -> "link".equals(intent.getString("reason")))
        .matches(intent -> "alice".equals(intent.getJsonObject("actor").getString("subject")));
  }

  @Test
  void tellsNobodyTheTokenAgain() {
    JsonObject link = mint(file, "{}");
    String token = path(link).substring("/links/".length());
    assertThat(get(path(link), CURL).status()).isEqualTo(200);
    assertThat(String.join("\n", gateway.audit())).doesNotContain(token);
    assertThat(gateway.management("/metrics").text()).doesNotContain(token);
  }

  @Test
  void isUsedUpByAWholeDownload() {
    String path = link("{\"maxDownloads\": 1}");
    assertThat(get(path, CURL).status()).isEqualTo(200);
    for (String agent : List.of(CURL, "Wget/1.21", BROWSER)) {
      Answer again = get(path, agent);
      assertThat(again.status()).isEqualTo(410);
      assertThat(again.text()).contains("link-used-up");
    }
    assertThat(ask(HttpMethod.HEAD, path, "Wget/1.21").status()).isEqualTo(410);
    Answer page = get(path, "Wget/1.21", "Accept", "text/html");
    assertThat(page.status()).isEqualTo(410);
    assertThat(page.header("content-type").orElse("")).startsWith("text/html");
  }

  @Test
  void countsNoHeadNoPreviewAndNoPrefetch() {
    String path = link("{\"maxDownloads\": 1}");
    for (int i = 0; i < 3; i++) {
      assertThat(ask(HttpMethod.HEAD, path, "scan-" + i).status()).isEqualTo(200);
      assertThat(get(path, BROWSER, "Sec-Purpose", "prefetch;prerender").status()).isEqualTo(403);
      assertThat(get(path, BROWSER, "Purpose", "prefetch").status()).isEqualTo(403);
      assertThat(get(path, BROWSER, "X-Moz", "prefetch").status()).isEqualTo(403);
      assertThat(get(path, "Slackbot-LinkExpanding 1.0").status()).isEqualTo(403);
      assertThat(get(path, "facebookexternalhit/1.1").status()).isEqualTo(403);
      assertThat(get(path, "WhatsApp/2.23.20.0").status()).isEqualTo(403);
      assertThat(get(path, "TelegramBot (like TwitterBot)").status()).isEqualTo(403);
      assertThat(get(path, "Mozilla/5.0 SkypeUriPreview Preview/0.5").status()).isEqualTo(403);
    }
    assertThat(get(path, BROWSER).status()).isEqualTo(200);
  }

  @Test
  void letsSegmentsAndResumesFinishAndOthersWait() {
    String path = link("{\"maxDownloads\": 1}");
    assertThat(get(path, "aria2/1.36", "Range", "bytes=0-99999").status()).isEqualTo(206);
    Answer other = get(path, CURL);
    assertThat(other.status()).isEqualTo(503);
    assertThat(other.header("retry-after")).isPresent();
    assertThat(get(path, "aria2/1.36", "Range", "bytes=200000-299999").status()).isEqualTo(206);
    Answer rest = get(path, "aria2/1.36", "Range", "bytes=100000-199999");
    assertThat(rest.status()).isEqualTo(206);
    assertThat(rest.body().getBytes()).isEqualTo(Arrays.copyOfRange(CONTENT, 100_000, 200_000));
    assertThat(get(path, CURL).status()).isEqualTo(410);
    // The same client may still read parts.
    assertThat(get(path, "aria2/1.36", "Range", "bytes=0-9").status()).isEqualTo(206);
  }

  @Test
  void knowsABrowserByItsCookieAlone() {
    String path = link("{\"maxDownloads\": 1}");
    Answer first = get(path, BROWSER, "Sec-Fetch-Mode", "navigate", "Range", "bytes=0-99");
    assertThat(first.status()).isEqualTo(206);
    String cookie = first.header("set-cookie").orElseThrow();
    assertThat(cookie)
        .startsWith("__Secure-kv-link=")
        .contains("; Path=" + path, "; HttpOnly", "; SameSite=Lax", "; Secure");
    assertThat(get(path, BROWSER, "Sec-Fetch-Mode", "navigate").status()).isEqualTo(503);
    String pair = cookie.substring(0, cookie.indexOf(';'));
    Answer resumed = get(path, "another agent", "Cookie", "x=y; " + pair, "Range", "bytes=100-");
    assertThat(resumed.status()).isEqualTo(206);
    assertThat(get(path, BROWSER, "Sec-Fetch-Mode", "navigate").status()).isEqualTo(410);
    assertThat(get(path, BROWSER, "Cookie", pair).status()).isEqualTo(200);
  }

  @Test
  void asksForTheButtonFirst() {
    String path = link("{\"maxDownloads\": 1, \"landing\": true}");
    for (String agent : List.of(CURL, BROWSER, "scanner of a mail server")) {
      String started = path + "?download";
      for (String address : List.of(path, started)) {
        Answer page = get(address, agent.replace("scanner", "reader"), "Accept", "text/html");
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.header("content-type").orElse("")).startsWith("text/html");
        assertThat(page.text()).contains("<form", "method=\"post\"").doesNotContain(file);
        assertThat(page.header("set-cookie")).isEmpty();
      }
    }
    Answer pressed = ask(HttpMethod.POST, path, BROWSER);
    assertThat(pressed.status()).isEqualTo(303);
    String target = pressed.header("location").orElseThrow();
    assertThat("/links/" + target).isEqualTo(path + "?download");
    String pair = pressed.header("set-cookie").orElseThrow().split(";", 2)[0];
    Answer got = get("/links/" + target, BROWSER, "Cookie", pair);
    assertThat(got.status()).isEqualTo(200);
    assertThat(got.body().getBytes()).isEqualTo(CONTENT);
    assertThat(get(path, "somebody else", "Accept", "text/html").status()).isEqualTo(410);
    assertThat(ask(HttpMethod.POST, path, "somebody else").status()).isEqualTo(410);
  }

  @Test
  void redirectsLargeOpaqueFilesAndCountsThatAtOnce() {
    String id = gateway.opaqueFile(content(17 << 20), "alice", DeliveryPolicy.AUTO);
    String path = path(mint(id, "{\"maxDownloads\": 1}"));
    Answer head = ask(HttpMethod.HEAD, path, CURL);
    assertThat(head.status()).isEqualTo(200);
    Answer redirect = get(path, CURL);
    assertThat(redirect.status()).isEqualTo(302);
    assertThat(redirect.header("location").orElse(""))
        .contains(GatewayHarness.OPAQUE_BUCKET, "x-correlation=");
    assertThat(get(path, "another").status()).isEqualTo(410);
    assertThat(get(path, CURL).status()).isEqualTo(410);
    assertThat(get(path, CURL, "Range", "bytes=100-").status()).as("a resume").isEqualTo(302);
  }

  @ParameterizedTest
  @CsvSource({"1s, 1", "'', 0"})
  void expires(String life, int expected) {
    JsonObject link = mint(file, life.isEmpty() ? "{}" : "{\"expiresIn\": \"" + life + "\"}");
    if (expected == 1) {
      Wait.until("its end", () -> get(path(link), CURL).status() == 410);
      assertThat(get(path(link), CURL).text()).contains("link-expired");
    } else {
      assertThat(get(path(link), CURL).status()).isEqualTo(200);
    }
  }

  @Test
  void revokesOneAllOfAFileAndAllOfABackend() {
    JsonObject one = mint(file, "{}");
    JsonObject other = mint(file, "{}");
    String id = one.getString("id");
    assertThat(api(HttpMethod.DELETE, "/api/v1/links/" + id, "").status()).isEqualTo(204);
    assertThat(get(path(one), CURL).text()).contains("link-revoked");
    assertThat(get(path(other), CURL).status()).isEqualTo(200);
    String another = gateway.file("patients/other.bin", new byte[10], "bob", "stream");
    JsonObject third = mint(another, "{}");
    Answer all = api(HttpMethod.DELETE, "/api/v1/files/" + another + "/links", "");
    assertThat(all.body().toJsonObject().getInteger("revoked")).isEqualTo(1);
    assertThat(get(path(third), CURL).status()).isEqualTo(410);
    assertThat(get(path(other), CURL).status()).isEqualTo(200);
    Answer portal =
        gateway.send(
            HttpMethod.POST,
            "/api/v1/files/" + file + "/links",
            Optional.of(gateway.token("portal-7", Set.of("links:write"), Map.of())),
            Buffer.buffer("{}"),
            "Content-Type",
            "application/json");
    assertThat(portal.status()).isEqualTo(201);
    Answer minted = api(HttpMethod.DELETE, "/api/v1/links?mintedBy=portal-7", "");
    assertThat(minted.body().toJsonObject().getInteger("revoked")).isEqualTo(1);
    assertThat(get(path(portal.body().toJsonObject()), CURL).status()).isEqualTo(410);
    assertThat(api(HttpMethod.DELETE, "/api/v1/links", "").status()).isEqualTo(400);
    assertThat(api(HttpMethod.DELETE, "/api/v1/links/AAAAAAAAAAAAAAAAAAAAAA", "").status())
        .isEqualTo(404);
  }

  @Test
  void isShutWithItsFileAndByBlocks() {
    String gone = gateway.file("patients/gone.bin", new byte[10], "bob", "stream");
    JsonObject link = mint(gone, "{\"onBehalfOf\": \"carol\"}");
    JsonObject block =
        api(HttpMethod.POST, "/api/v1/blocks", "{\"kind\": \"subject\", \"value\": \"carol\"}")
            .body()
            .toJsonObject();
    Wait.until("the block", () -> get(path(link), CURL).status() == 410);
    assertThat(api(HttpMethod.DELETE, "/api/v1/blocks/" + block.getString("id"), "").status())
        .isEqualTo(204);
    Wait.until("its end", () -> get(path(link), CURL).status() == 200);
    String id = link.getString("id");
    JsonObject own =
        api(HttpMethod.POST, "/api/v1/blocks", "{\"kind\": \"link\", \"value\": \"" + id + "\"}")
            .body()
            .toJsonObject();
    Wait.until("the block", () -> get(path(link), CURL).status() == 410);
    assertThat(api(HttpMethod.DELETE, "/api/v1/blocks/" + own.getString("id"), "").status())
        .isEqualTo(204);
    Wait.until("its end", () -> get(path(link), CURL).status() == 200);
    assertThat(gateway.revoke(gone).status()).isEqualTo(204);
    assertThat(get(path(link), CURL).status()).isEqualTo(410);
    assertThat(api(HttpMethod.POST, "/api/v1/files/" + gone + "/links", "{}").status())
        .isEqualTo(422);
  }

  @Test
  void coversAFileAndItsIndexUnderNames() {
    String index = gateway.file("patients/Jane Doe.bin.bai", new byte[50], "alice", "stream");
    JsonObject link =
        mint(
            file,
            """
            {"name": "sample.bam", "siblings": {"sample.bam.bai": "%s"}}
            """
                .formatted(index));
    assertThat(path(link)).endsWith("/sample.bam");
    assertThat(get(path(link), CURL).body().getBytes()).isEqualTo(CONTENT);
    assertThat(get(path(link) + ".bai", CURL).body().length()).isEqualTo(50);
    assertThat(get(path(link) + ".csi", CURL).status()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/links/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "/links/short",
        "/links/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/name"
      })
  void hidesWhetherALinkEverWas(String path) {
    assertThat(get(path, CURL).status()).isEqualTo(404);
    assertThat(ask(HttpMethod.POST, path, CURL).status()).isEqualTo(404);
  }

  @Test
  void takesNoTokenBesideALink() {
    String path = link("{}");
    assertThat(gateway.get(path, gateway.reader("alice")).status()).isEqualTo(400);
    assertThat(ask(HttpMethod.PUT, path, CURL).status()).isEqualTo(405);
  }

  @Test
  void mintsABatchOrNothing() {
    String second = gateway.file("patients/second.bin", new byte[10], "bob", "stream");
    Answer both =
        api(
            HttpMethod.POST,
            "/api/v1/links",
            new JsonObject()
                .put("files", new JsonArray(List.of(file, second)))
                .put("expiresIn", "2h")
                .encode());
    assertThat(both.status()).as(both.text()).isEqualTo(201);
    JsonArray links = both.body().toJsonObject().getJsonArray("links");
    assertThat(links).hasSize(2);
    assertThat(get(path(links.getJsonObject(1)), CURL).body().length()).isEqualTo(10);
    Answer none =
        api(
            HttpMethod.POST,
            "/api/v1/links",
            new JsonObject()
                .put(
                    "links",
                    new JsonArray()
                        .add(new JsonObject().put("file", file))
                        .add(new JsonObject().put("file", "AAAAAAAAAAAAAAAAAAAAAA")))
                .encode());
    assertThat(none.status()).isEqualTo(422);
    JsonArray many = new JsonArray();
    IntStream.range(0, 10_000).forEach(i -> many.add(new JsonObject().put("file", file)));
    Answer all =
        api(HttpMethod.POST, "/api/v1/links", new JsonObject().put("links", many).encode());
    assertThat(all.status()).as(all.text()).isEqualTo(201);
    assertThat(all.body().toJsonObject().getJsonArray("links")).hasSize(10_000);
    many.add(new JsonObject().put("file", file));
    Answer over =
        api(HttpMethod.POST, "/api/v1/links", new JsonObject().put("links", many).encode());
    assertThat(over.status()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"expiresIn\": \"31d\"}",
        "{\"expiresIn\": \"0s\"}",
        "{\"expiresIn\": 10}",
        "{\"maxDownloads\": 0}",
        "{\"maxDownloads\": 1.5}",
        "{\"landing\": \"yes\"}",
        "{\"label\": \"a\\u0000b\"}",
        "{\"siblings\": {\"a\": \"AAAAAAAAAAAAAAAAAAAAAA\"}}",
        "{\"name\": \"../a\"}",
        "{\"unknown\": 1}"
      })
  void refusesWhatItDoesNotUnderstand(String wish) {
    Answer answer = api(HttpMethod.POST, "/api/v1/files/" + file + "/links", wish);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body().toJsonObject().getJsonArray("errors")).isNotEmpty();
  }

  @Test
  void needsTheScope() {
    Answer answer =
        gateway.send(
            HttpMethod.POST,
            "/api/v1/files/" + file + "/links",
            Optional.of(gateway.token("x", Set.of("files:write", "files:manage"), Map.of())),
            Buffer.buffer("{}"),
            "Content-Type",
            "application/json");
    assertThat(answer.status()).isEqualTo(403);
  }

  @Test
  void cutsWhatRunsByARevokedLinkIfAsked() {
    try (LyingGateway lying =
        LyingGateway.start(own, 64L << 20, Duration.ofSeconds(30), Duration.ofMinutes(10))) {
      GatewayHarness harness = lying.harness();
      Answer minted =
          harness.send(
              HttpMethod.POST,
              "/api/v1/files/" + lying.id() + "/links",
              Optional.of(harness.operator()),
              Buffer.buffer("{\"maxDownloads\": 2}"),
              "Content-Type",
              "application/json");
      lying.s3().tell(Lie.STALL_IN_BODY);
      HttpClientAgent client = harness.client(HttpVersion.HTTP_2);
      HttpClientResponse running =
          client
              .request(
                  new RequestOptions()
                      .setHost("localhost")
                      .setPort(harness.gateway().port())
                      .setURI(path(minted.body().toJsonObject())))
              .compose(request -> request.send())
              .await();
      assertThat(running.statusCode()).isEqualTo(200);
      Answer revoked =
          harness.send(
              HttpMethod.DELETE,
              "/api/v1/links/" + minted.body().toJsonObject().getString("id") + "?running=cut",
              Optional.of(harness.operator()),
              Buffer.buffer());
      assertThat(revoked.status()).isEqualTo(204);
      Future<Void> end = running.end();
      Wait.until("the end of what runs", end::isComplete);
      assertThat(end.failed()).isTrue();
      Wait.until(
          "its completion",
          () ->
              harness.audit().stream()
                  .map(JsonObject::new)
                  .anyMatch(one -> "cut-by-revocation".equals(one.getString("outcome"))));
      client.close().await();
    }
  }
}
