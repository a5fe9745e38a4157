package io.keyveil.access;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** One GET of a document that we were told to trust: no redirects, and limits on time and size. */
final class BoundedGet {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final HttpClient client;
  private final String accept;

  /**
   * @param accept what is asked for, as in the {@code Accept} field
   */
  BoundedGet(HttpClient client, String accept) {
    this.client = client;
    this.accept = accept;
  }

  /** The document; fails with a message fit for the operator's log. */
  Future<Buffer> fetch(String url) {
    return client
        .request(
            new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setAbsoluteURI(url)
                .setFollowRedirects(false)
                .setConnectTimeout(PATIENCE.toMillis())
                .putHeader("Accept", accept))
        .compose(BoundedGet::exchange);
  }

  /** A timer of our own over the whole exchange: a trickle of bytes never looks idle. */
  private static Future<Buffer> exchange(HttpClientRequest request) {
    return request
        .send()
        .compose(BoundedGet::body)
        .timeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .onFailure(failure -> request.reset());
  }

  private static Future<Buffer> body(HttpClientResponse response) {
    Promise<Buffer> whole = Promise.promise();
    Buffer soFar = Buffer.buffer();
    response.handler(
        chunk -> {
          if (soFar.length() + chunk.length() <= JwkSet.MAX_BYTES) {
            soFar.appendBuffer(chunk);
          } else {
            whole.tryFail("the answer is larger than " + JwkSet.MAX_BYTES / 1024 + " KiB");
          }
        });
    response.exceptionHandler(whole::tryFail);
    response.endHandler(end -> whole.tryComplete(soFar));
    if (response.statusCode() != 200) {
      whole.tryFail("status " + response.statusCode());
    }
    return whole.future();
  }
}
