package io.keyveil.http;

import io.vertx.core.http.HttpServerRequest;

/** One request on its way, as its handler sees it. */
interface Exchange {
  HttpServerRequest request();

  /** Adds a step for when the head of the answer leaves, with the first bytes of its body. */
  void atHead(Runnable step);

  /** Adds a step for when the answer is out or the client has gone; the last added runs first. */
  void atEnd(Runnable step);

  /** Hands over a fault of ours, or word that the client left. */
  void fail(Throwable failure);
}
