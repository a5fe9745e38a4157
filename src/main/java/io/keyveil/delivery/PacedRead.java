package io.keyveil.delivery;

import io.keyveil.limit.Pace;
import org.jspecify.annotations.Nullable;

/**
 * A read that is paused while its receiver has had more bytes than it may in the time. To the
 * receiver it is a slow read, so that a client that waits is never taken for one that stands still;
 * to the read below it is a slow client.
 */
final class PacedRead implements ObjectRead, ObjectRead.Receiver, Lookout.Watched {
  private final ObjectRead read;
  private final Pace pace;
  private final Lookout lookout;
  private @Nullable Receiver receiver;
  private long given;
  private boolean paused;
  private boolean waiting;

  PacedRead(ObjectRead read, Pace pace, Lookout lookout) {
    this.read = read;
    this.pace = pace;
    this.lookout = lookout;
  }

  @Override
  public long length() {
    return read.length();
  }

  @Override
  public void start(Receiver taker) {
    receiver = taker;
    read.start(this);
  }

  @Override
  public void pause() {
    paused = true;
    read.pause();
  }

  @Override
  public void resume() {
    paused = false;
    if (!waiting) {
      read.resume();
    }
  }

  @Override
  public void cancel() {
    goOn();
    read.cancel();
  }

  @Override
  public void bytes(Chunk chunk) {
    Receiver taker = receiver;
    if (taker == null) {
      chunk.drop();
      return;
    }
    int count = chunk.length();
    given += count;
    pace.spend(count);
    // Before the receiver has them: it may want to pause, resume or cancel from within. Only the
    // end may follow the last of them, and that costs nothing.
    if (given < read.length() && !waiting && pace.waits()) {
      waiting = true;
      lookout.add(this);
      read.pause();
    }
    taker.bytes(chunk);
  }

  @Override
  public void look() {
    if (!pace.waits()) {
      goOn();
      if (!paused) {
        read.resume();
      }
    }
  }

  @Override
  public void ended() {
    goOn();
    Receiver taker = receiver;
    if (taker != null) {
      taker.ended();
    }
  }

  @Override
  public void broken(SourceFailure failure) {
    goOn();
    Receiver taker = receiver;
    if (taker != null) {
      taker.broken(failure);
    }
  }

  private void goOn() {
    waiting = false;
    lookout.remove(this);
  }
}
