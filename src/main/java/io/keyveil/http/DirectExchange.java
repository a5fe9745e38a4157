package io.keyveil.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BiConsumer;

/**
 * An exchange without a router, whose own context for each request costs more than a redirect's
 * decision. The answer's three ways to end are one here; the first counts.
 */
final class DirectExchange implements Exchange, Handler<Void> {
  private final Deque<Runnable> steps = new ArrayDeque<>(4);
  private final HttpServerRequest request;
  private final BiConsumer<HttpServerRequest, Throwable> faults;

  DirectExchange(HttpServerRequest request, BiConsumer<HttpServerRequest, Throwable> faults) {
    this.request = request;
    this.faults = faults;
    HttpServerResponse response = request.response();
    response.endHandler(this).closeHandler(this).exceptionHandler(failure -> handle(null));
  }

  @Override
  public HttpServerRequest request() {
    return request;
  }

  @Override
  public void atHead(Runnable step) {
    request.response().headersEndHandler(head -> step.run());
  }

  @Override
  public void atEnd(Runnable step) {
    steps.push(step);
  }

  @Override
  public void fail(Throwable failure) {
    faults.accept(request, failure);
  }

  @Override
  public void handle(Void ended) {
    while (!steps.isEmpty()) {
      steps.pop().run();
    }
  }
}
