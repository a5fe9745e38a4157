package io.keyveil.delivery;

import io.keyveil.file.RunningChecksum;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import java.nio.ByteBuffer;
import java.util.function.Supplier;

/**
 * Some bytes of an object on their way through, in memory that has to be given back. Whoever takes
 * a chunk either writes or drops it, once.
 */
public final class Chunk {
  private final Buffer bytes;
  private final Supplier<ByteBuffer> view;
  private final Runnable giveBack;

  /**
   * @param bytes the bytes, which may lie outside the heap
   * @param view shows the same memory to whoever only reads it
   * @param giveBack frees their memory
   */
  public Chunk(Buffer bytes, Supplier<ByteBuffer> view, Runnable giveBack) {
    this.bytes = bytes;
    this.view = view;
    this.giveBack = giveBack;
  }

  /** How many bytes. */
  public int length() {
    return bytes.length();
  }

  /** Adds the bytes to a checksum; only before they are written or dropped. */
  void addTo(RunningChecksum checksum) {
    checksum.add(view.get());
  }

  /** Hands the bytes over; their memory is given back when they are written, or cannot be. */
  public Future<Void> writeTo(WriteStream<Buffer> client) {
    return client.write(bytes).onComplete(written -> giveBack.run());
  }

  /** Gives the memory back unused. */
  public void drop() {
    giveBack.run();
  }
}
