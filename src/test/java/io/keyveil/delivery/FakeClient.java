package io.keyveil.delivery;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import org.jspecify.annotations.Nullable;

/** A client that counts what it gets, and reads only when a test lets it. */
final class FakeClient implements WriteStream<Buffer> {
  private Handler<Void> drainer = drained -> {};
  private long queued;
  private long most = Long.MAX_VALUE;
  private long received;
  private int ends;

  void stopReadingAbove(long bytes) {
    most = bytes;
  }

  void readOn() {
    queued = 0;
    drainer.handle(null);
  }

  long received() {
    return received;
  }

  int ends() {
    return ends;
  }

  @Override
  public Future<Void> write(Buffer data) {
    received += data.length();
    queued += data.length();
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> end() {
    ends++;
    return Future.succeededFuture();
  }

  @Override
  public boolean writeQueueFull() {
    return queued >= most;
  }

  @Override
  @CanIgnoreReturnValue
  public WriteStream<Buffer> exceptionHandler(@Nullable Handler<Throwable> handler) {
    return this;
  }

  @Override
  @CanIgnoreReturnValue
  public WriteStream<Buffer> setWriteQueueMaxSize(int maxSize) {
    return this;
  }

  @Override
  @CanIgnoreReturnValue
  public WriteStream<Buffer> drainHandler(@Nullable Handler<Void> handler) {
    drainer = handler == null ? drained -> {} : handler;
    return this;
  }
}
