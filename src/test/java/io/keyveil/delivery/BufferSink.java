package io.keyveil.delivery;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import org.jspecify.annotations.Nullable;

/** A write stream into memory that is never full. */
public final class BufferSink implements WriteStream<Buffer> {
  private final Buffer all;

  public BufferSink(Buffer all) {
    this.all = all;
  }

  @Override
  public Future<Void> write(Buffer bytes) {
    all.appendBuffer(bytes);
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> end() {
    return Future.succeededFuture();
  }

  @Override
  public boolean writeQueueFull() {
    return false;
  }

  @Override
  @CanIgnoreReturnValue
  public WriteStream<Buffer> exceptionHandler(@Nullable Handler<Throwable> handler) {
    return this;
  }

  @Override
  @CanIgnoreReturnValue
  public WriteStream<Buffer> setWriteQueueMaxSize(int size) {
    return this;
  }

  @Override
  @CanIgnoreReturnValue
  public WriteStream<Buffer> drainHandler(@Nullable Handler<Void> handler) {
    return this;
  }
}
