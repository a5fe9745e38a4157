package io.keyveil.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;

/** An exchange that came through the router. */
record RoutedExchange(RoutingContext context) implements Exchange {
  @Override
  public HttpServerRequest request() {
    return context.request();
  }

  @Override
  public void atHead(Runnable step) {
    context.addHeadersEndHandler(head -> step.run());
  }

  @Override
  public void atEnd(Runnable step) {
    context.addEndHandler(ended -> step.run());
  }

  @Override
  public void fail(Throwable failure) {
    context.fail(failure);
  }
}
