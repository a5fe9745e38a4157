package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.s3.LyingS3;
import io.keyveil.s3.LyingS3.Lie;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A client that leaves in the middle takes its read from S3 along. Nothing else could end the reads
 * here: S3 waits for minutes, and so would the gateway.
 */
class LeavingClientIT {
  private static final long SIZE = 64L << 20;
  @TempDir static Path folder;
  private static LyingGateway lying;

  @BeforeAll
  static void start() {
    lying = LyingGateway.start(folder, SIZE, Duration.ofMinutes(2), Duration.ofMinutes(10));
  }

  @AfterAll
  static void stop() {
    lying.close();
  }

  @ParameterizedTest
  @CsvSource({
    "NONE, HTTP_1_1",
    "NONE, HTTP_2",
    "STALL_IN_BODY, HTTP_1_1",
    "STALL_IN_BODY, HTTP_2",
  })
  void isNotReadForAnyLonger(Lie lie, HttpVersion version) {
    lying.s3().tell(lie);
    HttpClientAgent client = lying.harness().client(version);
    HttpClientResponse response = firstBytes(client);
    String request = String.valueOf(response.getHeader("X-Request-Id"));
    assertThat(lying.s3().answering()).isEqualTo(1);
    if (version == HttpVersion.HTTP_2) {
      response.request().reset().await();
    } else {
      response.request().connection().close().await();
    }
    Wait.until("the end of the read", () -> lying.s3().answering() == 0);
    Wait.until("the end of its connection", () -> lying.s3().open() == 0);
    Wait.until(
        "the record", () -> lying.harness().audit().stream().anyMatch(line -> says(line, request)));
    client.close().await();
  }

  private static boolean says(String line, String request) {
    JsonObject record = new JsonObject(line);
    return "completion".equals(record.getString("kind"))
        && request.equals(record.getString("request"))
        && "aborted-by-client".equals(record.getString("outcome"))
        && record.getLong("sent") > 0
        && record.getLong("sent") < SIZE;
  }

  /** An answer whose first bytes have come and whose others are not wanted. */
  private static HttpClientResponse firstBytes(HttpClientAgent client) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .setHost("localhost")
            .setPort(lying.harness().gateway().port())
            .setURI("/files/" + lying.id())
            .putHeader("Authorization", "Bearer " + lying.harness().reader("alice"));
    Promise<HttpClientResponse> begun = Promise.promise();
    Future<Void> asked =
        client
            .request(options)
            .compose(request -> request.send())
            .onSuccess(
                response -> {
                  response.exceptionHandler(left -> {});
                  response.handler(
                      bytes -> {
                        response.pause();
                        begun.tryComplete(response);
                      });
                })
            .mapEmpty();
    asked.await();
    HttpClientResponse response = begun.future().await();
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(LyingS3.ETAG).isEqualTo(response.getHeader("ETag"));
    return response;
  }
}
