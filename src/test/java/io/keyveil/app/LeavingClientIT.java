package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.s3.LyingS3;
import io.keyveil.s3.LyingS3.Lie;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A client that leaves takes its read from S3 along, or the question for it. Nothing else could end
 * the reads here: S3 waits for minutes, and so would the gateway.
 */
@Tag("long")
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
    HttpClientResponse response = firstBytes(client, true);
    String request = String.valueOf(response.getHeader("X-Request-Id"));
    assertThat(lying.s3().answering()).isEqualTo(1);
    leave(response.request(), version);
    Wait.until("the end of the read", () -> lying.s3().answering() == 0);
    Wait.until("the end of its connection", () -> lying.s3().open() == 0);
    Wait.until(
        "the record", () -> lying.harness().audit().stream().anyMatch(line -> says(line, request)));
    client.close().await();
  }

  @ParameterizedTest
  @CsvSource({
    "SILENT, HTTP_1_1",
    "SILENT, HTTP_2",
    "STALL_IN_HEAD, HTTP_1_1",
    "STALL_IN_HEAD, HTTP_2",
  })
  void isNotAskedForAnyLonger(Lie lie, HttpVersion version) {
    lying.s3().tell(lie);
    long before = abortsWithoutAByte();
    HttpClientAgent client = lying.harness().client(version);
    HttpClientRequest request = asked(client);
    Wait.until("the question to S3", () -> lying.s3().answering() == 1);
    leave(request, version);
    Wait.until("the end of the question", () -> lying.s3().answering() == 0);
    Wait.until("the end of its connection", () -> lying.s3().open() == 0);
    Wait.until("the record", () -> abortsWithoutAByte() == before + 1);
    client.close().await();
  }

  @Test
  void leavesTheOtherStreamsOfItsConnectionAlone() {
    HttpClientAgent client = lying.harness().client(HttpVersion.HTTP_2);
    lying.s3().tell(Lie.STALL_IN_BODY);
    HttpClientResponse other = firstBytes(client, false);
    lying.s3().tell(Lie.SILENT);
    HttpClientRequest request = asked(client);
    assertThat(request.connection()).isSameAs(other.request().connection());
    Wait.until("the question to S3", () -> lying.s3().answering() == 2);
    leave(request, HttpVersion.HTTP_2);
    Wait.until("the end of the question", () -> lying.s3().answering() == 1);
    lying.s3().tell(Lie.NONE);
    Fetch fetch = Fetch.of(lying.harness(), client, lying.id(), "Range", "bytes=5-104");
    assertThat(fetch.bytes().getBytes()).isEqualTo(LyingS3.content(5, 100));
    assertThat(lying.s3().answering()).isEqualTo(1);
    leave(other.request(), HttpVersion.HTTP_2);
    Wait.until("the end of the other", () -> lying.s3().answering() == 0);
    client.close().await();
  }

  private static HttpClientRequest asked(HttpClientAgent client) {
    HttpClientRequest request = client.request(options()).await();
    var unused = request.send();
    return request;
  }

  private static void leave(HttpClientRequest request, HttpVersion version) {
    if (version == HttpVersion.HTTP_2) {
      request.reset().await();
    } else {
      request.connection().close().await();
    }
  }

  private static long abortsWithoutAByte() {
    return lying.harness().audit().stream()
        .map(JsonObject::new)
        .filter(record -> "aborted-by-client".equals(record.getString("outcome")))
        .filter(record -> record.getLong("sent") == 0)
        .count();
  }

  private static RequestOptions options() {
    return new RequestOptions()
        .setMethod(HttpMethod.GET)
        .setHost("localhost")
        .setPort(lying.harness().gateway().port())
        .setURI("/files/" + lying.id())
        .putHeader("Authorization", "Bearer " + lying.harness().reader("alice"));
  }

  private static boolean says(String line, String request) {
    JsonObject record = new JsonObject(line);
    return "completion".equals(record.getString("kind"))
        && request.equals(record.getString("request"))
        && "aborted-by-client".equals(record.getString("outcome"))
        && record.getLong("sent") > 0
        && record.getLong("sent") < SIZE;
  }

  /**
   * An answer whose first bytes have come.
   *
   * @param paused whether the others are not wanted; what has come of them then takes its share of
   *     the connection's window from the other streams
   */
  private static HttpClientResponse firstBytes(HttpClientAgent client, boolean paused) {
    Promise<HttpClientResponse> begun = Promise.promise();
    Future<Void> asked =
        client
            .request(options())
            .compose(request -> request.send())
            .onSuccess(
                response -> {
                  response.exceptionHandler(left -> {});
                  response.handler(
                      bytes -> {
                        if (paused) {
                          response.pause();
                        }
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
