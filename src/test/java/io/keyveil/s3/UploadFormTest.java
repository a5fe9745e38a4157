package io.keyveil.s3;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.keyveil.delivery.DeliverySettings;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uploads in the form that every S3 server takes: OpenStack Swift has none but this one. */
final class UploadFormTest {
  private static final int LARGE = (16 << 20) + 1000;

  @TempDir Path temp;

  private final List<Put> puts = new CopyOnWriteArrayList<>();

  /** What was put, as far as its form goes. */
  private record Put(String hash, String encoding, long length, boolean digested) {}

  @Test
  void sendsBodiesWholeAndSigned() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    Vertx vertx = Vertx.vertx();
    S3 s3 =
        S3.of(
            vertx,
            LocalS3.settings(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()), "clinic", "dl"),
            DeliverySettings.DEFAULTS,
            InstantSource.system());
    S3Uploads uploads = s3.uploads(new SecureRandom());
    Path file = temp.resolve("file");
    assertThat(uploads.put(Files.write(file, new byte[1000]), "a/b", sent -> {}).size())
        .isEqualTo(1000);
    assertThat(uploads.put(Files.write(file, new byte[LARGE]), "a/b", sent -> {}).size())
        .isEqualTo(LARGE);
    s3.close().await();
    vertx.close().await();
    server.stop(0);
    assertThat(puts).extracting(Put::length).containsExactly(1000L, 16L << 20, 1000L);
    assertThat(puts)
        .allSatisfy(
            put -> {
              assertThat(put.hash()).matches("[0-9a-f]{64}");
              assertThat(put.encoding()).doesNotContain("aws-chunked");
              assertThat(put.digested()).isTrue();
            });
  }

  private void answer(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    String query = String.valueOf(exchange.getRequestURI().getQuery());
    if (exchange.getRequestMethod().equals("PUT")) {
      puts.add(
          new Put(
              String.valueOf(exchange.getRequestHeaders().getFirst("x-amz-content-sha256")),
              String.valueOf(exchange.getRequestHeaders().getFirst("Content-Encoding")),
              body.length,
              exchange.getRequestHeaders().containsKey("Content-MD5")));
      exchange.getResponseHeaders().add("ETag", "\"0123456789abcdef0123456789abcdef\"");
      exchange.sendResponseHeaders(200, -1);
    } else {
      String name =
          query.startsWith("uploads")
              ? "InitiateMultipartUploadResult"
              : "CompleteMultipartUploadResult";
      byte[] answer =
          ("<" + name + "><UploadId>u</UploadId><ETag>\"e-2\"</ETag></" + name + ">")
              .getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
    }
    exchange.close();
  }
}
