package io.keyveil.delivery;

import java.nio.ByteBuffer;

/**
 * Memory of a test's chunk that only tells when it is given back.
 *
 * @param bytes what lies in it
 * @param back called when it is given back
 */
record CountedMemory(ByteBuffer bytes, Runnable back) implements Chunk.Memory {
  @Override
  public ByteBuffer view() {
    return bytes.duplicate();
  }

  @Override
  public void notWritten() {}

  @Override
  public void giveBack() {
    back.run();
  }
}
