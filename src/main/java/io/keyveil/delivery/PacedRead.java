package io.keyveil.delivery;

import io.keyveil.limit.Pace;

/**
 * A read that is paused while its receiver has had more bytes than it may in the time. To the
 * receiver it is a slow read, so that a client that waits is never taken for one that stands still;
 * to the read below it is a slow client.
 */
final class PacedRead extends PassingRead implements Lookout.Watched {
  private final Pace pace;
  private final Lookout lookout;
  private long given;
  private boolean paused;
  private boolean waiting;

  PacedRead(ObjectRead read, Pace pace, Lookout lookout) {
    super(read);
    this.pace = pace;
    this.lookout = lookout;
  }

  @Override
  public void pause() {
    paused = true;
    below().pause();
  }

  @Override
  public void resume() {
    paused = false;
    if (!waiting) {
      below().resume();
    }
  }

  @Override
  public void cancel() {
    goOn();
    below().cancel();
  }

  @Override
  public void bytes(Chunk chunk) {
    int count = chunk.length();
    given += count;
    pace.spend(count);
    // Before the receiver has them: it may want to pause, resume or cancel from within. Only the
    // end may follow the last of them, and that costs nothing.
    if (given < length() && !waiting && pace.waits()) {
      waiting = true;
      lookout.add(this);
      below().pause();
    }
    give(chunk);
  }

  @Override
  public void look() {
    if (!pace.waits()) {
      goOn();
      if (!paused) {
        below().resume();
      }
    }
  }

  @Override
  public void ended() {
    goOn();
    giveEnd();
  }

  @Override
  public void broken(SourceFailure failure) {
    goOn();
    giveBreak(failure);
  }

  private void goOn() {
    waiting = false;
    lookout.remove(this);
  }
}
