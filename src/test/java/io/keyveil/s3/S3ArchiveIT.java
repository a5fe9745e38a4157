package io.keyveil.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.keyveil.audit.Archive;
import io.keyveil.audit.ShipSettings;
import io.keyveil.delivery.DeliverySettings;
import io.vertx.core.Vertx;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is asked of S3 when audit files are copied, and that it does as it is asked. */
final class S3ArchiveIT {
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

  @TempDir Path temp;

  private static ShipSettings settings(ShipSettings.Mode mode, ShipSettings.Encryption encryption) {
    return new ShipSettings(
        Optional.of("vault"),
        "audit/",
        mode,
        Duration.ofDays(10),
        encryption,
        encryption == ShipSettings.Encryption.KMS ? Optional.of("key-1") : Optional.empty(),
        Duration.ofMinutes(1),
        Duration.ofDays(30));
  }

  @Test
  void locksAndEncryptsWhatItCopies() throws IOException {
    List<Map<String, String>> puts = new CopyOnWriteArrayList<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> answer(exchange, puts, Map.of()));
    server.start();
    Vertx vertx = Vertx.vertx();
    URI endpoint = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    S3 s3 =
        S3.of(
            vertx,
            LocalS3.settings(endpoint, "vault", "opaque"),
            DeliverySettings.DEFAULTS,
            InstantSource.fixed(NOW));
    Path file = Files.writeString(temp.resolve("audit-1.jsonl"), "{}\n");
    s3.archive("vault", settings(ShipSettings.Mode.COMPLIANCE, ShipSettings.Encryption.KMS))
        .put("audit-1.jsonl", file);
    assertThat(puts.get(0))
        .containsEntry("path", "/vault/audit/audit-1.jsonl")
        .containsEntry("x-amz-object-lock-mode", "COMPLIANCE")
        .containsEntry("x-amz-object-lock-retain-until-date", "2026-03-11T10:00:00Z")
        .containsEntry("x-amz-server-side-encryption", "aws:kms")
        .containsEntry("x-amz-server-side-encryption-aws-kms-key-id", "key-1")
        .containsKey("x-amz-checksum-sha256");
    s3.archive("vault", settings(ShipSettings.Mode.GOVERNANCE, ShipSettings.Encryption.AES256))
        .put("checkpoint", "note".getBytes(StandardCharsets.UTF_8));
    assertThat(puts.get(1))
        .containsEntry("x-amz-object-lock-mode", "GOVERNANCE")
        .containsEntry("x-amz-server-side-encryption", "AES256")
        .doesNotContainKey("x-amz-server-side-encryption-aws-kms-key-id");
    server.stop(0);
    Archive gone =
        s3.archive("vault", settings(ShipSettings.Mode.NONE, ShipSettings.Encryption.NONE));
    assertThatThrownBy(() -> gone.put("audit-1.jsonl", file))
        .isInstanceOf(Archive.ArchiveUnavailableException.class)
        .hasMessage("S3 could not be reached");
    s3.close().await();
    vertx.close().await();
  }

  /** Keeps what is put, and says of it what S3 says; the test may have it say something else. */
  private static void answer(
      HttpExchange exchange, List<Map<String, String>> puts, Map<String, String> lies)
      throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    String path = exchange.getRequestURI().getPath();
    if (exchange.getRequestMethod().equals("PUT")) {
      Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.get(0)));
      headers.put("path", path);
      headers.put(
          "Content-Length",
          headers.getOrDefault("x-amz-decoded-content-length", Integer.toString(body.length)));
      puts.add(headers);
      exchange.sendResponseHeaders(200, -1);
    } else {
      Optional<Map<String, String>> known =
          puts.stream().filter(put -> path.equals(put.get("path"))).reduce((one, two) -> two);
      known.ifPresent(put -> tell(exchange, put, lies));
      exchange.sendResponseHeaders(known.isPresent() ? 200 : 404, -1);
    }
    exchange.close();
  }

  private static void tell(
      HttpExchange exchange, Map<String, String> put, Map<String, String> lies) {
    Map<String, String> told = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    put.forEach(
        (name, value) -> {
          if (name.toLowerCase(Locale.ROOT)
              .matches("content-length|x-amz-(object-lock|server-side|checksum-sha).*")) {
            told.put(name, value);
          }
        });
    told.put("Last-Modified", "Sun, 01 Mar 2026 10:00:01 GMT");
    told.putAll(lies);
    told.forEach(
        (name, value) -> {
          if (!value.isEmpty()) {
            exchange.getResponseHeaders().set(name, value);
          }
        });
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "Content-Length | 4 | size",
        "x-amz-checksum-sha256 | AAAA | checksum",
        "x-amz-object-lock-mode | GOVERNANCE | lock",
        "x-amz-object-lock-retain-until-date | 2026-03-10T10:00:00Z | retention",
        "x-amz-object-lock-retain-until-date | 2026-03-11T10:00:00Z | -",
      },
      delimiter = '|')
  void looksAtTheCopyAndTakesNoOther(String field, String value, @Nullable String fault)
      throws IOException {
    expect(Map.of(field, value), ShipSettings.Encryption.KMS, Optional.ofNullable(fault));
  }

  @Test
  void goesByTheEntityTagWhereThereIsNoChecksum() throws IOException {
    String no = "x-amz-checksum-sha256";
    String other = "\"" + "0".repeat(32) + "\"";
    ShipSettings.Encryption plain = ShipSettings.Encryption.AES256;
    expect(Map.of(no, "", "ETag", other), plain, Optional.of("checksum"));
    expect(Map.of(no, "", "ETag", "\"8a80554c91d9fca8acb82f023de02f11\""), plain, Optional.empty());
    expect(Map.of(no, "", "ETag", "\"" + "0".repeat(32) + "-2\""), plain, Optional.empty());
    expect(Map.of(no, "", "ETag", other), ShipSettings.Encryption.KMS, Optional.empty());
    expect(Map.of(no, ""), plain, Optional.empty());
  }

  private void expect(
      Map<String, String> lies, ShipSettings.Encryption encryption, Optional<String> fault)
      throws IOException {
    List<Map<String, String>> puts = new CopyOnWriteArrayList<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> answer(exchange, puts, lies));
    server.start();
    Vertx vertx = Vertx.vertx();
    S3 s3 =
        S3.of(
            vertx,
            LocalS3.settings(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()), "vault", "opaque"),
            DeliverySettings.DEFAULTS,
            InstantSource.fixed(NOW));
    Archive archive = s3.archive("vault", settings(ShipSettings.Mode.COMPLIANCE, encryption));
    Path file = Files.writeString(temp.resolve("audit-1.jsonl"), "{}\n");
    if (fault.isPresent()) {
      assertThatThrownBy(() -> archive.put("audit-1.jsonl", file))
          .hasMessage("the copy differs in its " + fault.get())
          .isInstanceOfSatisfying(
              Archive.ArchiveUnavailableException.class,
              failure -> assertThat(failure.differs()).isTrue());
      assertThatThrownBy(() -> archive.put("audit-1.jsonl", file)).isNotNull();
      assertThat(puts).as("sent again, since what is there is not it").hasSize(2);
    } else {
      archive.put("audit-1.jsonl", file);
      archive.put("audit-1.jsonl", file);
      assertThat(puts).hasSize(1);
    }
    s3.close().await();
    vertx.close().await();
    server.stop(0);
  }

  @Test
  void copiesToARealServerOnceAndReadsLogsFromIt() throws IOException {
    Vertx vertx = Vertx.vertx();
    try (LocalS3 server =
        new LocalS3(Files.createDirectories(temp.resolve("s3")), "vault", "opaque")) {
      S3 s3 =
          S3.of(
              vertx,
              LocalS3.settings(server.endpoint(), "vault", "opaque"),
              DeliverySettings.DEFAULTS,
              InstantSource.system());
      Archive archive =
          s3.archive("vault", settings(ShipSettings.Mode.NONE, ShipSettings.Encryption.NONE));
      Path file = Files.writeString(temp.resolve("a.jsonl"), "{\"a\":1}\n");
      archive.put("a.jsonl", file);
      archive.put("a.jsonl", file);
      archive.put("b.txt", "note".getBytes(StandardCharsets.UTF_8));
      List<String> read = new ArrayList<>();
      s3.logFiles()
          .read(
              "vault",
              "audit/",
              in -> read.add(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
      assertThat(read).containsExactly("{\"a\":1}\n", "note");
      s3.close().await();
    }
    vertx.close().await();
  }

  @Test
  void readsNothingOutOfWhatIsNoLog() throws IOException {
    List<Object> found = new ArrayList<>();
    FetchLog log = new FetchLog(found::add, found::add);
    for (String text : List.of("", "\n\n", "{\"Records\": []}", "{}", "a b c\n", "\u0000\u0001")) {
      log.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }
    assertThat(found).isEmpty();
    assertThat(log.unread()).isEqualTo(2);
  }
}
