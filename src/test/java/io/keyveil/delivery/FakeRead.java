package io.keyveil.delivery;

import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** A read whose bytes a test gives by hand; what comes while it is paused waits. */
final class FakeRead implements ObjectRead {
  private final long length;
  private final Queue<Chunk> waiting = new ArrayDeque<>();
  private @Nullable Receiver receiver;
  private boolean paused = true;
  private boolean ended;
  private int cancels;
  private int held;

  FakeRead(long length) {
    this.length = length;
  }

  void give(int count) {
    give(new byte[count]);
  }

  void give(byte[] bytes) {
    held++;
    waiting.add(
        new Chunk(Buffer.buffer(bytes), new CountedMemory(ByteBuffer.wrap(bytes), () -> held--)));
    flush();
  }

  void finish() {
    ended = true;
    flush();
  }

  void fail() {
    if (receiver != null) {
      receiver.broken(SourceFailure.BROKEN);
    }
  }

  boolean paused() {
    return paused;
  }

  int cancels() {
    return cancels;
  }

  /** How many chunks have been given out and not come back. */
  int held() {
    return held;
  }

  private void flush() {
    Receiver taker = receiver;
    while (taker != null && !paused && !waiting.isEmpty()) {
      taker.bytes(waiting.remove());
    }
    if (taker != null && !paused && ended) {
      ended = false;
      taker.ended();
    }
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public void start(Receiver taker) {
    receiver = taker;
    resume();
  }

  @Override
  public void pause() {
    paused = true;
  }

  @Override
  public void resume() {
    paused = false;
    flush();
  }

  @Override
  public void cancel() {
    cancels++;
  }
}
