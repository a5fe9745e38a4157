package io.keyveil.delivery;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;

/**
 * Some bytes of an object on their way through, in memory that has to be given back. Whoever takes
 * a chunk either writes or drops it, once.
 */
public final class Chunk {
  private final Buffer bytes;
  private final Runnable giveBack;

  /**
   * @param bytes the bytes, which may lie outside the heap
   * @param giveBack frees their memory
   */
  public Chunk(Buffer bytes, Runnable giveBack) {
    this.bytes = bytes;
    this.giveBack = giveBack;
  }

  /** How many bytes. */
  public int length() {
    return bytes.length();
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
