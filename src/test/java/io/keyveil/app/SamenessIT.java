package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are not there for somebody look the same to the byte, whyever they are not. */
class SamenessIT {
  @TempDir static Path folder;
  private static GatewayHarness gateway;
  private static final Map<String, String> HIDDEN = new LinkedHashMap<>();

  @BeforeAll
  static void start() {
    gateway = GatewayHarness.start(folder);
    HIDDEN.put("unknown", "AAAAAAAAAAAAAAAAAAAAAA");
    HIDDEN.put("no ID", "AAAAAAAAAAAAAAAAAAAAAB");
    HIDDEN.put("foreign", gateway.file("foreign", new byte[1000], "bob", "stream"));
    HIDDEN.put("revoked", gateway.file("revoked", new byte[1000], "alice", "stream"));
    HIDDEN.put("expired", expiring());
    HIDDEN.put("blocked", gateway.file("blocked", new byte[1000], "alice", "stream"));
    HIDDEN.put("foreign and revoked", gateway.file("both", new byte[1000], "bob", "redirect"));
    assertThat(gateway.revoke(id("revoked")).status()).isEqualTo(204);
    assertThat(gateway.revoke(id("foreign and revoked")).status()).isEqualTo(204);
    JsonObject block = new JsonObject().put("kind", "file").put("value", id("blocked"));
    assertThat(
            gateway
                .send(
                    HttpMethod.POST,
                    "/api/v1/blocks",
                    Optional.of(gateway.operator()),
                    Buffer.buffer(block.encode()),
                    "Content-Type",
                    "application/json")
                .status())
        .isEqualTo(201);
    HIDDEN
        .values()
        .forEach(
            id ->
                Wait.until(
                    "its 404",
                    () -> gateway.get("/files/" + id, gateway.reader("alice")).status() == 404));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static String id(String why) {
    return Objects.requireNonNull(HIDDEN.get(why));
  }

  private static String expiring() {
    gateway.s3().put(GatewayHarness.BUCKET, "expired", new byte[1000]);
    return gateway
        .register(
            """
            {"bucket": "%s", "key": "expired", "name": "n", "access": {"subject": "alice"},
             "expiresAt": "%s"}
            """
                .formatted(GatewayHarness.BUCKET, Instant.now().plusSeconds(1)))
        .body()
        .toJsonObject()
        .getString("id");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET",
        "HEAD",
        "GET Range: bytes=0-9",
        "GET Range: bytes=5000-",
        "GET If-None-Match: *",
        "GET If-Match: \"x\"",
        "GET Accept: text/html",
        "GET Accept: text/html\r\nSec-Fetch-Mode: navigate\r\nAccept-Language: de",
        "GET Origin: https://portal.example.org"
      })
  void looksTheSameToTheByte(String ask) {
    String method = ask.split(" ", 2)[0];
    String field = ask.contains(" ") ? ask.split(" ", 2)[1] + "\r\n" : "";
    String unknown = exchange(method, id("unknown"), field);
    assertThat(unknown).startsWith("HTTP/1.1 404 ");
    HIDDEN.forEach((why, id) -> assertThat(exchange(method, id, field)).as(why).isEqualTo(unknown));
  }

  /** The whole answer as it came, but for the digits of the request's ID. */
  private static String exchange(String method, String id, String field) {
    NetClient client =
        gateway
            .vertx()
            .createNetClient(
                new NetClientOptions()
                    .setSsl(true)
                    .setHostnameVerificationAlgorithm("HTTPS")
                    .setTrustOptions(
                        new PemTrustOptions().addCertPath(folder.resolve("cert.pem").toString())));
    String request =
        "%s /files/%s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n%s\r\n"
            .formatted(method, id, gateway.reader("alice"), field);
    // The second request is refused and closed, so that the end of the first answer can be seen.
    String last = "GET /files/x HTTP/1.1\r\n\r\n";
    Promise<String> whole = Promise.promise();
    Future<NetSocket> socket = client.connect(gateway.gateway().port(), "localhost");
    socket.onSuccess(
        open -> {
          Buffer all = Buffer.buffer();
          open.handler(all::appendBuffer);
          open.closeHandler(closed -> whole.complete(all.toString()));
          var unused = open.write(request).compose(sent -> open.write(last));
        });
    String text = whole.future().await();
    client.close().await();
    return text.replaceAll("(?i)(x-request-id: )[0-9a-f]+", "$1-");
  }
}
