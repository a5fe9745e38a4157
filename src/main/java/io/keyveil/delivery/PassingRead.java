package io.keyveil.delivery;

import org.jspecify.annotations.Nullable;

/** A read that gives on what the one below gives, for those who look at it on its way. */
abstract class PassingRead implements ObjectRead, ObjectRead.Receiver {
  private final ObjectRead below;
  private @Nullable Receiver receiver;

  PassingRead(ObjectRead below) {
    this.below = below;
  }

  @Override
  public final long length() {
    return below.length();
  }

  @Override
  public final void start(Receiver taker) {
    receiver = taker;
    below.start(this);
  }

  final ObjectRead below() {
    return below;
  }

  /** Gives a chunk, which is then the receiver's. */
  final void give(Chunk chunk) {
    Receiver taker = receiver;
    if (taker == null) {
      chunk.drop();
    } else {
      taker.bytes(chunk);
    }
  }

  final void giveEnd() {
    Receiver taker = receiver;
    if (taker != null) {
      taker.ended();
    }
  }

  final void giveBreak(SourceFailure failure) {
    Receiver taker = receiver;
    if (taker != null) {
      taker.broken(failure);
    }
  }
}
