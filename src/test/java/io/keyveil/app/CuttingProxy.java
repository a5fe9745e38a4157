package io.keyveil.app;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A network that breaks once: it passes bytes on as they are, and after so many of them on their
 * way to the client it drops the connection that has the most.
 */
final class CuttingProxy implements AutoCloseable {
  private final AtomicLong left;
  private final NetServer server;
  private final NetClient client;
  private final AtomicInteger cuts = new AtomicInteger();

  private CuttingProxy(Vertx vertx, int target, long cutAfter) {
    this.left = new AtomicLong(cutAfter);
    this.client = vertx.createNetClient();
    this.server =
        vertx
            .createNetServer()
            .connectHandler(
                near -> {
                  near.pause();
                  var unused =
                      client
                          .connect(target, "127.0.0.1")
                          .onSuccess(far -> join(near, far))
                          .onFailure(failure -> near.close());
                });
    NetServer unused = server.listen(0, "127.0.0.1").await();
  }

  static CuttingProxy before(Vertx vertx, int target, long cutAfter) {
    return new CuttingProxy(vertx, target, cutAfter);
  }

  int port() {
    return server.actualPort();
  }

  /** How often it broke. */
  int cuts() {
    return cuts.get();
  }

  private void join(NetSocket near, NetSocket far) {
    far.handler(
        bytes -> {
          long before = left.getAndAdd(-bytes.length());
          if (before > 0 && before <= bytes.length() && cuts.incrementAndGet() == 1) {
            var unused = near.close().eventually(() -> far.close());
          } else {
            var unused = near.write(bytes);
            if (near.writeQueueFull()) {
              far.pause();
              near.drainHandler(drained -> far.resume());
            }
          }
        });
    near.handler(far::write);
    near.closeHandler(closed -> far.close());
    far.closeHandler(closed -> near.close());
    near.exceptionHandler(failure -> far.close());
    far.exceptionHandler(failure -> near.close());
    near.resume();
  }

  @Override
  public void close() {
    server.close().await();
    client.close().await();
  }
}
