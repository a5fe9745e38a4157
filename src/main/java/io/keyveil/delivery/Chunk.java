package io.keyveil.delivery;

import io.keyveil.file.RunningChecksum;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import java.nio.ByteBuffer;

/**
 * Some bytes of an object on their way through, in memory that has to be given back. Whoever takes
 * a chunk either writes or drops it, once.
 */
public final class Chunk {
  private final Buffer bytes;
  private final Memory memory;

  /**
   * @param bytes the bytes, which may lie outside the heap
   * @param memory where they lie
   */
  public Chunk(Buffer bytes, Memory memory) {
    this.bytes = bytes;
    this.memory = memory;
  }

  /** Where the bytes of a chunk lie. */
  public interface Memory {
    /** Shows it to whoever only reads it. */
    ByteBuffer view();

    /** The bytes could not be written; whatever was lent for that and is lost comes back. */
    void notWritten();

    /** Frees it. */
    void giveBack();
  }

  /** How many bytes. */
  public int length() {
    return bytes.length();
  }

  /** Adds the bytes to a checksum; only before they are written or dropped. */
  void addTo(RunningChecksum checksum) {
    checksum.add(memory.view());
  }

  /** Hands the bytes over; their memory is given back when they are written, or cannot be. */
  public Future<Void> writeTo(WriteStream<Buffer> client) {
    return client.write(bytes).onComplete(this::over);
  }

  /** The same, as the last that the client gets. */
  public Future<Void> endOf(WriteStream<Buffer> client) {
    return client.end(bytes).onComplete(this::over);
  }

  /** Gives the memory back unused. */
  public void drop() {
    memory.giveBack();
  }

  private void over(AsyncResult<Void> written) {
    if (written.failed()) {
      memory.notWritten();
    }
    memory.giveBack();
  }
}
