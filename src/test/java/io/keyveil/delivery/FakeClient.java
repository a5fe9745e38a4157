package io.keyveil.delivery;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client that counts what it gets, and reads only when a test lets it. */
final class FakeClient implements WriteStream<Buffer> {
  private final List<Promise<Void>> queued = new ArrayList<>();
  private long most = Long.MAX_VALUE;
  private long received;
  private int ends;

  void stopReadingAbove(long bytes) {
    most = bytes;
  }

  /** How many bytes may be under way. */
  long most() {
    return most;
  }

  void readOn() {
    List<Promise<Void>> taken = List.copyOf(queued);
    queued.clear();
    taken.forEach(Promise::complete);
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
    if (most == Long.MAX_VALUE) {
      return Future.succeededFuture();
    }
    Promise<Void> taken = Promise.promise();
    queued.add(taken);
    return taken.future();
  }

  @Override
  public Future<Void> end() {
    ends++;
    return Future.succeededFuture();
  }

  @Override
  public boolean writeQueueFull() {
    return !queued.isEmpty();
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
    return this;
  }
}
