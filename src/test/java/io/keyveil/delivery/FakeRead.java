package io.keyveil.delivery;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** A read whose bytes a test gives by hand; what comes while it is paused waits. */
final class FakeRead implements ObjectRead, ReadStream<Buffer> {
  private final long length;
  private final Queue<Buffer> waiting = new ArrayDeque<>();
  private Handler<Buffer> taker = bytes -> {};
  private Handler<Void> ender = done -> {};
  private Handler<Throwable> failer = failure -> {};
  private boolean paused = true;
  private boolean ended;
  private int cancels;

  FakeRead(long length) {
    this.length = length;
  }

  void give(int count) {
    waiting.add(Buffer.buffer(new byte[count]));
    flush();
  }

  void finish() {
    ended = true;
    flush();
  }

  void fail() {
    failer.handle(new SourceException(SourceFailure.BROKEN, "told to"));
  }

  boolean paused() {
    return paused;
  }

  int cancels() {
    return cancels;
  }

  private void flush() {
    while (!paused && !waiting.isEmpty()) {
      taker.handle(waiting.remove());
    }
    if (!paused && ended) {
      ended = false;
      ender.handle(null);
    }
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public ReadStream<Buffer> body() {
    return this;
  }

  @Override
  public void cancel() {
    cancels++;
  }

  @Override
  @CanIgnoreReturnValue
  public ReadStream<Buffer> exceptionHandler(@Nullable Handler<Throwable> handler) {
    failer = handler == null ? failure -> {} : handler;
    return this;
  }

  @Override
  @CanIgnoreReturnValue
  public ReadStream<Buffer> handler(@Nullable Handler<Buffer> handler) {
    taker = handler == null ? bytes -> {} : handler;
    return this;
  }

  @Override
  @CanIgnoreReturnValue
  public ReadStream<Buffer> endHandler(@Nullable Handler<Void> handler) {
    ender = handler == null ? done -> {} : handler;
    return this;
  }

  @Override
  @CanIgnoreReturnValue
  public ReadStream<Buffer> pause() {
    paused = true;
    return this;
  }

  @Override
  @CanIgnoreReturnValue
  public ReadStream<Buffer> resume() {
    paused = false;
    flush();
    return this;
  }

  @Override
  @CanIgnoreReturnValue
  public ReadStream<Buffer> fetch(long amount) {
    return resume();
  }
}
