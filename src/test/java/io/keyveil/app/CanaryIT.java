package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.joran.spi.JoranException;
import com.fasterxml.jackson.databind.node.TextNode;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.keyveil.app.GatewayHarness.Answer;
import io.keyveil.delivery.DeliverySettings;
import io.keyveil.s3.LocalS3;
import io.keyveil.s3.LyingS3;
import io.keyveil.s3.LyingS3.Lie;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/**
 * The first promise: no key is ever seen. A word stands in the bucket and in every key, an S3 that
 * lies repeats it wherever it can, and the whole program is run through all that it has and all
 * that can go wrong; then everything it said is searched.
 */
@Tag("long")
class CanaryIT {
  private static final String WORD = "cAnArYz9";
  private static final String BUCKET = "clinic-canaryz9-files";
  private static final String KEY =
      "patients/Jäne Doe " + WORD + "/МРТ 2026 + 100% " + WORD + ".pdf";
  private static final int SIZE = 20_000;

  @TempDir Path folder;
  private final Canary canary = new Canary(WORD);
  private final PrintStream out = System.out;
  private final PrintStream err = System.err;
  private final ByteArrayOutputStream streams = new ByteArrayOutputStream();

  @BeforeEach
  void listen() throws JoranException {
    configure("/logback.xml");
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    Ear ear = new Ear(canary);
    ear.setContext(context);
    ear.start();
    context.getLogger("ROOT").addAppender(ear);
    System.setOut(new PrintStream(streams, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(streams, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void listenNoMore() throws JoranException {
    System.setOut(out);
    System.setErr(err);
    configure("/logback-test.xml");
  }

  private static void configure(String resource) throws JoranException {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(CanaryIT.class.getResource(resource));
  }

  /** Hears every event as the operator would read it, stack traces included. */
  private static final class Ear extends AppenderBase<ILoggingEvent> {
    private final JsonEncoder encoder = new JsonEncoder();
    private final Canary canary;

    Ear(Canary canary) {
      this.canary = canary;
    }

    @Override
    protected void append(ILoggingEvent event) {
      canary.hear("log", new String(encoder.encode(event), StandardCharsets.UTF_8));
    }
  }

  @Test
  void findsTheWordInEveryDisguise() {
    for (String disguise :
        List.of(
            "a" + WORD + "b",
            "a" + WORD.toUpperCase(Locale.ROOT) + "b",
            "%63%41n%41r%59z9",
            "6341 63416e4172597a39 00",
            "x="
                + Base64.getEncoder()
                    .encodeToString(("aa" + WORD).getBytes(StandardCharsets.UTF_8)),
            "x="
                + Base64.getUrlEncoder()
                    .encodeToString(("a" + WORD + "??").getBytes(StandardCharsets.UTF_8)))) {
      assertThat(canary.sings(disguise)).as(disguise).isTrue();
    }
    assertThat(canary.sings("nothing 100% here, canary or not")).isFalse();
  }

  @Test
  void isSeenNowhere() throws IOException {
    LyingS3 s3 = new LyingS3(SIZE);
    Path config = config(s3);
    GatewayHarness gateway =
        GatewayHarness.on(
            s3.endpoint(),
            folder,
            settings ->
                LyingGateway.with(
                    settings,
                    LocalS3.settings(s3.endpoint(), BUCKET, GatewayHarness.OPAQUE_BUCKET),
                    patience()));
    String id = registrations(gateway, "");
    assertThat(id).hasSize(22);
    downloads(gateway, s3, id);
    redirects(gateway, config);
    failures(gateway, s3, id);
    commands(config, id);
    s3.tell(Lie.FORBIDDEN);
    commands(config, id);
    s3.close();
    registrations(gateway, "?down");
    everyRequest(gateway, id);
    commands(config, id);
    operations(gateway);
    auditDown(gateway, id);
    gateway.close();
    gateway.audit().forEach(line -> canary.hear("audit", line));
    canary.hear("streams", streams.toString(StandardCharsets.UTF_8));
    assertThat(canary.heard()).isGreaterThan(400);
    canary.expectSilence();
  }

  private static DeliverySettings patience() {
    return LyingGateway.patience(Duration.ofSeconds(1), Duration.ofSeconds(1));
  }

  @CanIgnoreReturnValue
  private Answer hear(String where, Answer answer) {
    canary.hear(where, answer.status() + " " + answer.headers() + "\n" + answer.text());
    return answer;
  }

  private static String wish(String key) {
    return """
        {"bucket": "%s", "key": %s, "name": "MRI.pdf", "access": {"subject": "alice"},
         "delivery": "redirect"}
        """
        .formatted(BUCKET, new TextNode(key));
  }

  /** The API, good and bad; gives the ID of a file. */
  @CanIgnoreReturnValue
  private String registrations(GatewayHarness gateway, String note) {
    String access = "\"access\": {\"subject\": \"alice\"}";
    String key = new TextNode(KEY).toString();
    for (String body :
        List.of(
            wish(KEY).replace("\"name\"", "\"nme\""),
            wish(KEY).replace("\"key\"", "\"path\""),
            wish(KEY).replace("\"MRI.pdf\"", key),
            wish(KEY).replace(BUCKET, "other-" + BUCKET),
            wish(KEY).replace("redirect", WORD),
            wish(KEY).replace("\"name\"", "\"key\""),
            wish(KEY).replace("\"delivery\"", "\"disposition\""),
            wish(KEY + "\0"),
            wish(KEY + "x".repeat(1024)),
            "{\"bucket\": " + key + "," + access + "}",
            "{\"key\": {\"a\": " + key + "}," + access + "}",
            "{" + key + ": 1, \"type\": " + key + ", \"expiresAt\": " + key + "}",
            "{\"access\": " + key + ", \"versionId\": " + key + ", \"harmlessName\": " + key + "}",
            "{\"access\": {" + key + ": 1}}",
            "{\"access\": {\"any\": [{\"claim\": " + key + "}, " + key + "]}}",
            "{\"access\": {\"anyone\": " + key + "}}",
            wish(KEY) + wish(KEY),
            wish(KEY).replace("}", ""),
            wish(KEY).replace("\"alice\"", WORD),
            wish(KEY).replace("\",", "\"" + WORD),
            "[" + key + "]",
            KEY)) {
      hear("register " + body + note, gateway.register(body));
    }
    hear(
        "register as text",
        gateway.send(
            HttpMethod.POST,
            "/api/v1/files",
            Optional.of(gateway.operator()),
            Buffer.buffer(wish(KEY)),
            "Content-Type",
            "text/plain"));
    for (String body :
        List.of(
            "{\"kind\": " + key + "}",
            "{\"kind\": \"file\", \"value\": " + key + "}",
            "{\"kind\": \"everything\", \"value\": " + key + "}",
            "{\"kind\": \"file\", \"expiresAt\": " + key + "}",
            "{" + key + ": 1}",
            "{\"kind\": \"subject\", \"reason\": [" + key + "]}")) {
      hear(
          "block " + body + note,
          gateway.send(
              HttpMethod.POST,
              "/api/v1/blocks",
              Optional.of(gateway.operator()),
              Buffer.buffer(body),
              "Content-Type",
              "application/json"));
    }
    for (String body :
        List.of(
            "{\"expiresIn\": " + key + "}",
            "{\"maxDownloads\": " + key + "}",
            "{\"name\": " + key + ", \"siblings\": {" + key + ": " + key + "}}",
            "{\"onBehalfOf\": [" + key + "]}",
            "{" + key + ": 1}")) {
      hear(
          "link " + body + note,
          links(gateway, "/api/v1/files/" + "A".repeat(22) + "/links", body));
      hear("links " + body + note, links(gateway, "/api/v1/links", body));
      hear(
          "links in a batch " + body + note,
          links(gateway, "/api/v1/links", "{\"links\": [" + body + "], \"files\": [" + key + "]}"));
    }
    hear("register too much", gateway.register(wish(KEY) + " ".repeat(2 << 20)));
    Answer answer = hear("register" + note, gateway.register(wish(KEY)));
    return answer.status() == 201 ? answer.body().toJsonObject().getString("id") : "";
  }

  private static Answer links(GatewayHarness gateway, String path, String body) {
    return gateway.send(
        HttpMethod.POST,
        path,
        Optional.of(gateway.operator()),
        Buffer.buffer(body),
        "Content-Type",
        "application/json");
  }

  /** A link to the file, with and without its page, in every way that it can be asked. */
  private void byLink(GatewayHarness gateway, String id) {
    for (String wish : List.of("{}", "{\"maxDownloads\": 1}", "{\"landing\": true}")) {
      Answer minted = hear("mint", links(gateway, "/api/v1/files/" + id + "/links", wish));
      String path = URI.create(minted.body().toJsonObject().getString("url")).getPath();
      for (String address : List.of(path, path + "?download", path + "/name")) {
        for (HttpMethod method : List.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.POST)) {
          for (String accept : List.of("text/html", "*/*")) {
            hear(
                "link",
                gateway.send(method, address, Optional.empty(), Buffer.buffer(), "Accept", accept));
          }
        }
      }
      canary.hear("its token", gateway.management("/metrics").text());
      String token = path.substring(path.lastIndexOf('/') + 1);
      gateway.audit().forEach(line -> assertThat(line).doesNotContain(token));
      assertThat(streams.toString(StandardCharsets.UTF_8)).doesNotContain(token);
    }
  }

  /** Every route and method, with and without a token. */
  private void everyRequest(GatewayHarness gateway, String id) {
    for (String path :
        List.of(
            "/files/" + id,
            "/files/" + id + "?delivery=redirect",
            "/files/" + "A".repeat(22),
            "/api/v1/files",
            "/api/v1/files?limit=1000",
            "/api/v1/files/" + id,
            "/api/v1/files/" + "A".repeat(22),
            "/api/v1/blocks",
            "/api/v1/blocks/" + "A".repeat(22),
            "/api/v1/files/" + id + "/links",
            "/api/v1/links",
            "/api/v1/links?mintedBy=" + WORD,
            "/api/v1/links/" + "A".repeat(22),
            "/links/" + "A".repeat(32),
            "/links/" + "A".repeat(32) + "/name",
            "/openapi.yaml",
            "/nowhere",
            "/")) {
      for (String method :
          List.of("GET", "HEAD", "POST", "PUT", "PATCH", "OPTIONS", "TRACE", "PROPFIND")) {
        for (Optional<String> token :
            List.of(
                Optional.<String>empty(),
                Optional.of("bad.token.here"),
                Optional.of(gateway.reader("alice")),
                Optional.of(gateway.reader("bob")),
                Optional.of(gateway.operator()))) {
          hear(
              method + " " + path,
              gateway.send(HttpMethod.valueOf(method), path, token, Buffer.buffer()));
        }
      }
    }
  }

  private void downloads(GatewayHarness gateway, LyingS3 s3, String id) {
    s3.tell(Lie.NONE);
    everyRequest(gateway, id);
    byLink(gateway, id);
    for (List<String> fields :
        List.of(
            List.of("Range", "bytes=0-9"),
            List.of("Range", "bytes=99999999-"),
            List.of("Range", "bytes=0-1,4-5"),
            List.of("If-None-Match", LyingS3.ETAG),
            List.of("If-Match", "\"other\""),
            List.of("Accept", "text/html"),
            List.of("Sec-Fetch-Mode", "navigate", "Range", "bytes=99999999-"))) {
      hear(
          fields.toString(),
          gateway.get("/files/" + id, gateway.reader("alice"), fields.toArray(String[]::new)));
    }
    for (String patch :
        List.of(
            "{\"name\": \"b.pdf\"}",
            "{\"key\": \"" + WORD + "\"}",
            "{\"name\": \"a/" + WORD + "\"}",
            "{\"delivery\": \"" + WORD + "\"}",
            "{" + WORD)) {
      hear("patch " + patch, patch(gateway, id, patch));
      hear("patch lost " + patch, patch(gateway, id, patch, "If-Match", "\"99\""));
    }
  }

  private static Answer patch(GatewayHarness gateway, String id, String body, String... fields) {
    return gateway.send(
        HttpMethod.PATCH,
        "/api/v1/files/" + id,
        Optional.of(gateway.operator()),
        Buffer.buffer(body),
        Stream.concat(Stream.of(fields), Stream.of("Content-Type", "application/json"))
            .toArray(String[]::new));
  }

  /** What is redirected shows its key, which therefore must be none that a person chose. */
  private void redirects(GatewayHarness gateway, Path config) throws IOException {
    Path local = folder.resolve("patients " + WORD).resolve("scan.pdf");
    Files.createDirectories(local.getParent());
    Files.write(local, new byte[SIZE]);
    String id =
        run(
                "files",
                "add",
                local.toString(),
                "--delivery",
                "redirect",
                "--allow",
                "subject=alice",
                "--config",
                config.toString())
            .strip();
    Answer answer = hear("redirect", gateway.get("/files/" + id, gateway.reader("alice")));
    assertThat(answer.status()).isEqualTo(302);
    assertThat(answer.header("location").orElse("")).contains(GatewayHarness.OPAQUE_BUCKET);
  }

  private void failures(GatewayHarness gateway, LyingS3 s3, String id) {
    Map<HttpVersion, HttpClientAgent> clients =
        Map.of(
            HttpVersion.HTTP_1_1, gateway.client(HttpVersion.HTTP_1_1),
            HttpVersion.HTTP_2, gateway.client(HttpVersion.HTTP_2));
    for (Lie lie : Lie.values()) {
      s3.tell(lie);
      clients.forEach(
          (version, client) -> {
            Fetch fetch = Fetch.of(gateway, client, id);
            Fetch part = Fetch.of(gateway, client, id, "Range", "bytes=5-1000");
            canary.hear(lie + " " + version, fetch.fields() + "\n" + fetch.bytes());
            canary.hear(lie + " " + version, part.fields() + "\n" + part.bytes());
          });
      hear(lie + " on registering", gateway.register(wish(KEY)));
      canary.hear(lie + " on readiness", gateway.management("/readyz").text());
    }
  }

  private void operations(GatewayHarness gateway) {
    for (String path : List.of("/livez", "/readyz", "/metrics", "/nowhere")) {
      canary.hear(path, gateway.management(path).text());
    }
  }

  private void auditDown(GatewayHarness gateway, String id) throws IOException {
    Path audit = gateway.settings().audit().folder();
    Path aside = audit.resolveSibling("audit-aside");
    Files.move(audit, aside);
    Files.writeString(audit, "in the way");
    everyRequest(gateway, id);
    hear("register without audit", gateway.register(wish(KEY)));
    operations(gateway);
    Files.delete(audit);
    Files.move(aside, audit);
    Wait.until("readiness of the audit log", () -> says(gateway, "\"audit\":\"ok\""));
    hear("revoke", gateway.revoke(id));
    hear("revoked", gateway.get("/files/" + id, gateway.reader("alice")));
  }

  private static boolean says(GatewayHarness gateway, String text) {
    return gateway.management("/readyz").text().contains(text);
  }

  private Path config(LyingS3 s3) throws IOException {
    Files.writeString(folder.resolve("secret"), LocalS3.SECRET_KEY);
    Files.writeString(folder.resolve("access"), LocalS3.ACCESS_KEY);
    return Files.writeString(
        folder.resolve("keyveil.yaml"),
        """
        listen:
          port: 0
          tls: {certificate: %1$s/cert.pem, key: %1$s/key.pem}
        management: {port: 0}
        tokens:
          issuers:
            - {issuer: "https://idp.test/", audience: keyveil-test, jwks: "file:%1$s/jwks.json"}
        store: {url: "sqlite:%1$s/keyveil.db"}
        s3:
          endpoint: %2$s
          pathStyle: true
          buckets: [%3$s]
          opaqueBucket: %4$s
          opaqueEncryption: none
          controlTimeout: 1s
          credentials: {accessKeyId: {file: %1$s/access}, secretAccessKey: {file: %1$s/secret}}
        audit: {folder: "%1$s/audit"}
        """
            .formatted(folder, s3.endpoint(), BUCKET, GatewayHarness.OPAQUE_BUCKET));
  }

  /** Runs a command as the program would, hears both its streams, and gives its output. */
  @CanIgnoreReturnValue
  private String run(String... arguments) {
    StringWriter printed = new StringWriter();
    StringWriter complained = new StringWriter();
    CommandLine command =
        Main.commandLine()
            .setOut(new PrintWriter(printed, true))
            .setErr(new PrintWriter(complained, true));
    int code = command.execute(arguments);
    String where = "keyveil " + String.join(" ", arguments);
    canary.hear(where, code + "\n" + printed + "\n" + complained);
    return printed.toString();
  }

  private void commands(Path config, String id) throws IOException {
    String with = "--config=" + config;
    String key = "--key=" + KEY;
    String bucket = "--bucket=" + BUCKET;
    List<String> good = List.of("files", "register", bucket, key, "--name=a", "--allow=subject=a");
    attempt(with, good);
    attempt(with, List.of("files", "register", bucket, key, "--name=a"));
    attempt(with, List.of("files", "register", bucket, key, "--name=a/" + WORD, "--allow=scope=a"));
    attempt(with, List.of("files", "register", bucket + "x", key, "--name=a", "--allow=scope=a"));
    attempt(with, List.of("files", "register", bucket, key, "--name=a", "--allow=" + WORD));
    attempt(with, List.of("files", "register", bucket, key, "--delivery=" + WORD));
    attempt(with, List.of("files", "register", bucket, key, "--expires-at=" + WORD));
    attempt(with, List.of("files", "register", bucket, "--kye=" + KEY));
    attempt(with, List.of("files", "register", bucket, "--kye", KEY));
    attempt(with, List.of("files", "register", bucket, "--key", "patients/Jane", KEY));
    attempt(with, List.of("files", "register", key));
    attempt(with, List.of("files", "show", KEY));
    attempt(with, List.of("files", "show", id));
    attempt(with, List.of("files", "show", id, KEY));
    attempt(with, List.of("files", "show", id, "--kye=" + KEY));
    attempt(with, List.of("files", "list", "--kye", KEY));
    attempt(with, List.of("files", "list", "-k" + KEY));
    attempt(with, List.of(KEY));
    attempt(with, List.of("files", KEY));
    attempt(with, List.of("files", "revoke", KEY));
    attempt(with, List.of("files", "revoke", "A".repeat(22)));
    attempt(with, List.of("files", "explain", "--token=" + WORD, id));
    attempt(with, List.of("files", "explain", "--token=" + KEY, id));
    attempt(with, List.of("files", "explain", "--token=x", KEY));
    attempt(with, List.of("block", KEY));
    attempt(with, List.of("block", "file", KEY));
    attempt(with, List.of("block", "everything", KEY));
    attempt(with, List.of("block", "subject", "a", KEY));
    attempt(with, List.of("block", "subject", "a", "--expires=" + KEY));
    attempt(with, List.of("block", "lift", KEY));
    attempt(with, List.of("block", "list", KEY));
    attempt(with, List.of("block", "list"));
    attempt(with, List.of("links", KEY));
    attempt(with, List.of("links", "create", KEY));
    attempt(with, List.of("links", "create", id));
    attempt(with, List.of("links", "create", id, "--expires=" + KEY));
    attempt(with, List.of("links", "create", id, "--max-downloads=" + WORD));
    attempt(with, List.of("links", "create", id, "--name=" + KEY));
    attempt(with, List.of("links", "create", id, "--name=a", "--sibling=" + KEY + "=" + KEY));
    attempt(with, List.of("links", "show", KEY));
    attempt(with, List.of("links", "revoke", KEY));
    attempt(with, List.of("links", "revoke", "--file=" + KEY));
    Path document = folder.resolve("viewer.json");
    Files.writeString(document, "{\"a\": \"keyveil:" + id + "\", \"b\": 1}");
    attempt(with, List.of("links", "render", document.toString()));
    attempt(with, List.of("links", "render", "--dry-run", document.toString()));
    Files.writeString(document, "{\"a\": " + KEY);
    attempt(with, List.of("links", "render", document.toString()));
    attempt(with, List.of("files", "list"));
    attempt(with, List.of("files", "list", "--json"));
    Path lines = folder.resolve("import.ndjson");
    Files.writeString(
        lines,
        wish(KEY).replace("\n", " ")
            + "\n"
            + wish(KEY).replace("\n", " ").replace("\"name\"", "\"nme\"")
            + "\nnonsense "
            + KEY
            + "\n{\""
            + WORD
            + " x\": }\n");
    attempt(with, List.of("files", "import", lines.toString()));
    attempt(with, List.of("audit", "verify"));
    attempt(with, List.of("audit", "show"));
    attempt(with, List.of("audit", "show", "--format=table"));
    attempt(with, List.of("audit", "show", "--format=csv"));
    attempt(with, List.of("audit", "show", "--since=" + KEY));
    attempt(with, List.of("audit", "report", "--file=" + id));
    attempt(with, List.of("audit", "report", "--file=" + id, "--format=csv"));
    attempt(with, List.of("audit", "report", "--claim=" + KEY));
    attempt(with, List.of("audit", "report", "--claim=patient=p-17", "--format=json"));
    attempt(with, List.of("audit", "show", "--folder=" + folder.resolve("audit/operator")));
    attempt(with, List.of("audit", "reconcile", "/nowhere/" + KEY));
    attempt(with, List.of("audit", "reconcile", accessLog().toString()));
    attempt(with, List.of("audit", "reconcile", "--json", accessLog().toString()));
    attempt(with, List.of("audit", "reconcile", "--with=/" + KEY, accessLog().toString()));
    attempt(with, List.of("audit", "reconcile", "--with=" + folder, accessLog().toString()));
    attempt(with, List.of("audit", "verify", "--partial"));
    attempt(with, List.of("audit", "show", "--folder=" + folder.resolve("audit/reconciled")));
    attempt(with, List.of("store", "migrate"));
    attempt(with, List.of("doctor"));
    attempt(with, List.of("doctor", "--json"));
    run(
        "token",
        "--key=" + folder.resolve("none.pem"),
        "--issuer=a",
        "--audience=b",
        "--subject=c");
    badConfigs(config);
  }

  /** S3's log names buckets and keys in every line. */
  private Path accessLog() throws IOException {
    String uri =
        "/" + BUCKET + "/" + KEY.replace(" ", "%20") + "?X-Amz-Signature=a&x-correlation=" + WORD;
    return Files.writeString(
        folder.resolve("access.log"),
        "owner "
            + BUCKET
            + " [27/Nov/2026:10:00:00 +0000] 192.0.2.7 - R1 REST.GET.OBJECT "
            + KEY.replace(" ", "%20")
            + " \"GET "
            + uri
            + " HTTP/1.1\" 200 - 10 10 1 1 \"-\" \"curl\" -\n");
  }

  private void attempt(String with, List<String> arguments) {
    run(Stream.concat(arguments.stream(), Stream.of(with)).toArray(String[]::new));
  }

  private void badConfigs(Path config) throws IOException {
    String sound = Files.readString(config);
    for (String bad :
        List.of(
            sound.replace("[" + BUCKET + "]", "[" + BUCKET + ", UPPER_" + WORD + "]"),
            sound.replace("[" + BUCKET + "]", "{a: " + BUCKET + "}"),
            sound.replace("[" + BUCKET + "]", "[[" + BUCKET + "]]"),
            sound.replace("[" + BUCKET + "]", "[" + BUCKET),
            sound.replace("[" + BUCKET + "]", BUCKET),
            sound.replace(GatewayHarness.OPAQUE_BUCKET, BUCKET),
            sound.replace("port: 0", "port: 70000"))) {
      Path file = Files.writeString(folder.resolve("bad.yaml"), bad);
      // Settings that could be served are not: serving does not return.
      run("doctor", "--config=" + file);
    }
    Files.writeString(folder.resolve("cert.pem"), "no certificate");
    for (String bad :
        List.of(
            sound.replace("[" + BUCKET + "]", "[" + BUCKET + ", UPPER_" + WORD + "]"),
            sound.replace("[" + BUCKET + "]", "[" + BUCKET),
            sound)) {
      run("serve", "--config=" + Files.writeString(folder.resolve("bad.yaml"), bad));
    }
  }
}
