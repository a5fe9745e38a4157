package io.keyveil.app;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A network that breaks once: it passes bytes on as they are, and after so many of them on their
 * way to the client it drops a connection, at once or when it is told to.
 */
final class CuttingProxy implements AutoCloseable {
  private final AtomicLong left;
  private final AtomicBoolean broke = new AtomicBoolean();
  private final AtomicReference<Runnable> held = new AtomicReference<>(() -> {});
  private final boolean holds;
  private final NetServer server;
  private final NetClient client;

  private CuttingProxy(Vertx vertx, int target, long cutAfter, boolean holds) {
    this.left = new AtomicLong(cutAfter);
    this.holds = holds;
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
                })
            .listen(0, "127.0.0.1")
            .await();
  }

  /** Breaks after so many bytes. */
  static CuttingProxy before(Vertx vertx, int target, long cutAfter) {
    return new CuttingProxy(vertx, target, cutAfter, false);
  }

  /** Stands still after so many bytes, until {@link #cut}. */
  static CuttingProxy holding(Vertx vertx, int target, long cutAfter) {
    return new CuttingProxy(vertx, target, cutAfter, true);
  }

  int port() {
    return server.actualPort();
  }

  /** Whether it broke, or stands still. */
  boolean broke() {
    return broke.get();
  }

  /** Breaks the connection that stands still. */
  void cut() {
    Optional.ofNullable(held.get()).ifPresent(Runnable::run);
  }

  private void join(NetSocket near, NetSocket far) {
    far.handler(
        bytes -> {
          var written = near.write(bytes);
          if (left.addAndGet(-bytes.length()) <= 0 && broke.compareAndSet(false, true)) {
            NetSocket still = far.pause();
            held.set(() -> near.close().eventually(still::close));
            if (!holds) {
              written.onComplete(done -> cut());
            }
          } else if (near.writeQueueFull()) {
            NetSocket paused = far.pause();
            NetSocket unused = near.drainHandler(drained -> paused.resume());
          }
        });
    near.handler(bytes -> far.write(bytes));
    near.closeHandler(closed -> far.close());
    far.closeHandler(closed -> near.close());
    near.resume();
  }

  @Override
  public void close() {
    server.close().await();
    client.close().await();
  }
}
