package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.file.DeliveryPolicy;
import io.keyveil.s3.LocalS3;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The SDK's default chain, each link of it, in processes that find credentials as in the cloud. */
@Tag("long")
class CredentialChainIT {
  /** Shorter than what a URL may live, longer than what anybody has to wait for. */
  private static final Duration SHORT = Duration.ofSeconds(100);

  private static final Duration LONG = Duration.ofHours(6);
  private static final String IDENTITY = "a-web-identity-token";
  private static final byte[] CONTENT = new byte[1000];

  @TempDir static Path folder;
  private static final Map<String, GatewayProcess> gateways = new LinkedHashMap<>();
  private static final Map<String, Duration> lives = new ConcurrentHashMap<>();
  private static final AtomicInteger given = new AtomicInteger();
  private static final List<String> bodies = new CopyOnWriteArrayList<>();
  private static Vertx vertx;
  private static GatewayHarness beside;
  private static String streamed = "";
  private static String redirected = "";

  @BeforeAll
  static void start() throws IOException {
    vertx = Vertx.vertx();
    HttpServer cloud =
        vertx
            .createHttpServer()
            .requestHandler(CredentialChainIT::answer)
            .listen(0, "127.0.0.1")
            .await();
    String url = "http://127.0.0.1:" + cloud.actualPort();
    beside = GatewayHarness.start(folder);
    streamed = beside.opaqueFile(CONTENT, "alice", DeliveryPolicy.STREAM);
    redirected = beside.opaqueFile(CONTENT, "alice", DeliveryPolicy.REDIRECT);
    Path profile =
        Files.writeString(
            folder.resolve("credentials"),
            "[clinic]\naws_access_key_id = %s\naws_secret_access_key = %s\n"
                .formatted(LocalS3.ACCESS_KEY, LocalS3.SECRET_KEY));
    Path identity = Files.writeString(folder.resolve("identity"), IDENTITY);
    lives.put("container", LONG);
    lives.put("short", SHORT);
    begin(
        "environment",
        Map.of(
            "AWS_ACCESS_KEY_ID", LocalS3.ACCESS_KEY, "AWS_SECRET_ACCESS_KEY", LocalS3.SECRET_KEY));
    begin(
        "profile",
        Map.of("AWS_SHARED_CREDENTIALS_FILE", profile.toString(), "AWS_PROFILE", "clinic"));
    begin("container", container(url, "container"));
    begin("short", container(url, "short"));
    begin(
        "web-identity",
        Map.of(
            "AWS_ROLE_ARN",
            "arn:aws:iam::123456789012:role/keyveil",
            "AWS_WEB_IDENTITY_TOKEN_FILE",
            identity.toString(),
            "AWS_ENDPOINT_URL_STS",
            url,
            "AWS_REGION",
            "us-east-1"));
    begin(
        "instance",
        Map.of("AWS_EC2_METADATA_SERVICE_ENDPOINT", url, "AWS_EC2_METADATA_DISABLED", "false"));
    gateways.values().forEach(GatewayProcess::awaitReady);
  }

  /** Nothing of the machine that the test runs on may count. */
  private static void begin(String name, Map<String, String> found) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("AWS_EC2_METADATA_DISABLED", "true");
    all.put("AWS_CONFIG_FILE", folder.resolve("none").toString());
    all.put("AWS_SHARED_CREDENTIALS_FILE", folder.resolve("none").toString());
    all.putAll(found);
    gateways.put(
        name,
        new GatewayProcess(
            beside,
            name,
            new GatewayProcess.Wish(
                    beside,
                    beside.s3().endpoint(),
                    "tls: off, trustedProxies: [127.0.0.1]",
                    "delay: 0s, deadline: 1s")
                .in(all)));
  }

  private static Map<String, String> container(String url, String name) {
    return Map.of(
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        url + "/container/" + name,
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
        "Basic of-the-container");
  }

  @AfterAll
  static void stop() {
    gateways.values().forEach(GatewayProcess::close);
    if (beside != null) {
      beside.close();
    }
    vertx.close().await();
  }

  /** What clouds have at fixed addresses. */
  private static void answer(HttpServerRequest request) {
    var unused =
        request
            .body()
            .onSuccess(
                body -> {
                  bodies.add(request.method() + " " + request.path() + " " + body);
                  answer(request, String.valueOf(request.path()), request.response());
                });
  }

  private static void answer(HttpServerRequest request, String path, HttpServerResponse response) {
    Buffer answer = Buffer.buffer();
    if (path.startsWith("/container/")
        && "Basic of-the-container".equals(request.getHeader("Authorization"))) {
      Duration life = lives.getOrDefault(path.substring("/container/".length()), Duration.ZERO);
      if (life.isZero()) {
        response.setStatusCode(500);
      } else {
        answer = keys(life).toBuffer();
      }
    } else if (path.equals("/")) {
      response.putHeader("Content-Type", "text/xml");
      answer = Buffer.buffer(session(keys(LONG)));
    } else if (path.equals("/latest/api/token")) {
      response.putHeader("x-aws-ec2-metadata-token-ttl-seconds", "21600");
      answer = Buffer.buffer("a-metadata-token");
    } else if (path.equals("/latest/meta-data/iam/security-credentials/")
        && "a-metadata-token".equals(request.getHeader("x-aws-ec2-metadata-token"))) {
      answer = Buffer.buffer("keyveil-role");
    } else if (path.equals("/latest/meta-data/iam/security-credentials/keyveil-role")) {
      answer = keys(LONG).put("Code", "Success").put("Type", "AWS-HMAC").toBuffer();
    } else {
      response.setStatusCode(404);
    }
    var unused = response.end(answer);
  }

  private static JsonObject keys(Duration life) {
    return new JsonObject()
        .put("AccessKeyId", LocalS3.ACCESS_KEY)
        .put("SecretAccessKey", LocalS3.SECRET_KEY)
        .put("Token", "session-" + given.incrementAndGet())
        .put("LastUpdated", Instant.now().toString())
        .put("Expiration", Instant.now().plus(life).toString());
  }

  private static String session(JsonObject keys) {
    return """
        <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
        <AssumeRoleWithWebIdentityResult><Credentials>
        <AccessKeyId>%s</AccessKeyId><SecretAccessKey>%s</SecretAccessKey>
        <SessionToken>%s</SessionToken><Expiration>%s</Expiration>
        </Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>
        """
        .formatted(
            keys.getString("AccessKeyId"),
            keys.getString("SecretAccessKey"),
            keys.getString("Token"),
            keys.getString("Expiration"));
  }

  private static GatewayProcess gateway(String name) {
    return Optional.ofNullable(gateways.get(name)).orElseThrow();
  }

  private static String get(String name, String id) {
    return RawHttp.ask(
        gateway(name).port(),
        RawHttp.get("/files/" + id, "Authorization", "Bearer " + beside.reader("alice")));
  }

  private static String part(String pattern, String text) {
    Matcher found = Pattern.compile(pattern).matcher(text);
    assertThat(found.find()).as(pattern + " in " + text).isTrue();
    return found.group(1);
  }

  private static long left(String name) {
    return Long.parseLong(part("\"credentialsSecondsLeft\":(\\d+)", gateway(name).ready()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"environment", "profile", "container", "web-identity", "instance"})
  void givesFilesOutWithWhatItFinds(String name) {
    assertThat(get(name, streamed)).startsWith("HTTP/1.1 200").contains("etag: ");
    String redirect = get(name, redirected);
    assertThat(redirect).startsWith("HTTP/1.1 302").contains("X-Amz-Expires=300&");
    boolean lasting = name.equals("environment") || name.equals("profile");
    if (lasting) {
      assertThat(redirect).doesNotContain("X-Amz-Security-Token");
      assertThat(gateway(name).ready()).doesNotContain("credentialsSecondsLeft");
    } else {
      assertThat(redirect).contains("X-Amz-Security-Token=session-");
      assertThat(left(name)).isBetween(LONG.toSeconds() - 600, LONG.toSeconds());
    }
    assertThat(gateway(name).log()).doesNotContain("session-", LocalS3.SECRET_KEY, IDENTITY);
  }

  @Test
  void showsStsItsIdentity() {
    assertThat(bodies)
        .anyMatch(
            body ->
                body.startsWith("POST / ")
                    && body.contains("WebIdentityToken=" + IDENTITY)
                    && body.contains("role%2Fkeyveil"));
  }

  /** The SDK itself keeps what it was given, until a moment by chance in what that has to live. */
  @Test
  void renewsWhatIsShortBeforeItEndsAndSignsForNoLonger() {
    String first = get("short", redirected);
    long expires = Long.parseLong(part("X-Amz-Expires=(\\d+)&", first));
    assertThat(expires).isBetween(1L, SHORT.toSeconds() - 30);
    String session = part("X-Amz-Security-Token=(session-\\d+)", first);
    assertThat(left("short")).isBetween(1L, SHORT.toSeconds());
    Wait.until(
        "other credentials",
        SHORT,
        () -> {
          assertThat(get("short", streamed)).startsWith("HTTP/1.1 200");
          String next = get("short", redirected);
          assertThat(next).startsWith("HTTP/1.1 302");
          return !next.contains(session + "&");
        });
    // The last that were given are good for a while, whatever becomes of who gives them.
    lives.put("short", Duration.ZERO);
    int asked = bodies.size();
    Wait.until(
        "a refusal",
        SHORT,
        () -> {
          assertThat(get("short", streamed)).startsWith("HTTP/1.1 200");
          return bodies.size() > asked;
        });
    assertThat(get("short", redirected)).startsWith("HTTP/1.1 302");
    assertThat(gateway("short").ready()).startsWith("HTTP/1.1 200");
  }
}
