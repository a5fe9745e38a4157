package io.keyveil.app;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.util.Optional;

/**
 * What became of one download, for those that may break in the middle.
 *
 * @param status the status, or 0 if there was no answer
 * @param requestId the gateway's ID for it, if there was an answer
 * @param promised the {@code Content-Length}, or -1
 * @param bytes what arrived
 * @param whole whether it ended as it should
 * @param retryAfter the field of that name
 * @param fields all header fields
 */
record Fetch(
    int status,
    Optional<String> requestId,
    long promised,
    Buffer bytes,
    boolean whole,
    Optional<String> retryAfter,
    String fields) {
  private static final Fetch NOTHING =
      new Fetch(0, Optional.empty(), -1, Buffer.buffer(), false, Optional.empty(), "");

  /** Downloads a file; never fails. */
  static Fetch of(GatewayHarness gateway, HttpClientAgent client, String id, String... fields) {
    return with(gateway.reader("alice"), gateway, client, id, fields);
  }

  /** The same with a token at hand. */
  static Fetch with(
      String token, GatewayHarness gateway, HttpClientAgent client, String id, String... fields) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .setHost("localhost")
            .setPort(gateway.gateway().port())
            .setURI("/files/" + id)
            .putHeader("Authorization", "Bearer " + token);
    for (int i = 0; i < fields.length; i += 2) {
      options.addHeader(fields[i], fields[i + 1]);
    }
    return client
        .request(options)
        .compose(request -> request.send().compose(Fetch::read))
        .otherwise(NOTHING)
        .await();
  }

  private static Future<Fetch> read(HttpClientResponse response) {
    Buffer bytes = Buffer.buffer();
    Promise<Boolean> whole = Promise.promise();
    response
        .handler(bytes::appendBuffer)
        .exceptionHandler(failure -> whole.tryComplete(false))
        .endHandler(end -> whole.tryComplete(true));
    return whole
        .future()
        .map(
            ended ->
                new Fetch(
                    response.statusCode(),
                    Optional.ofNullable(response.getHeader("X-Request-Id")),
                    Long.parseLong(
                        Optional.ofNullable(response.getHeader("Content-Length")).orElse("-1")),
                    bytes,
                    ended,
                    Optional.ofNullable(response.getHeader("Retry-After")),
                    response.statusMessage() + " " + response.headers().entries()));
  }
}
