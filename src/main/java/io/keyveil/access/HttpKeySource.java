package io.keyveil.access;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;

/** A JWK set at a URL. */
final class HttpKeySource implements KeySource {
  static final String ACCEPT = "application/jwk-set+json, application/json";

  private final BoundedGet get;
  private final String url;

  HttpKeySource(HttpClient client, String url) {
    this.get = new BoundedGet(client, ACCEPT);
    this.url = url;
  }

  @Override
  public Future<Buffer> read() {
    return get.fetch(url);
  }

  @Override
  public Future<String> mark() {
    return Future.succeededFuture("");
  }
}
