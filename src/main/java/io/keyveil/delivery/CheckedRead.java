package io.keyveil.delivery;

import io.keyveil.file.Checksum;
import io.keyveil.file.RunningChecksum;
import org.jspecify.annotations.Nullable;

/**
 * A read of a whole object whose last chunk is given only when all bytes have the right checksum,
 * so that whoever takes them never has the last byte of an object that is not what it should be.
 *
 * <p>The chunk held is owned here: it is given once, or dropped once, by the break, the cancel or
 * the failed check that comes instead of the end.
 */
final class CheckedRead extends PassingRead {
  private final Checksum expected;
  private final RunningChecksum found;
  private @Nullable Chunk held;
  private long counted;
  private boolean paused;

  /** All bytes came and are right; what is left is to give the last of them, and the end. */
  private boolean passed;

  private boolean finishing;
  private boolean over;

  CheckedRead(ObjectRead read, Checksum expected) {
    super(read);
    this.expected = expected;
    this.found = RunningChecksum.of(expected.algorithm());
  }

  @Override
  public void pause() {
    paused = true;
    if (!passed) {
      below().pause();
    }
  }

  @Override
  public void resume() {
    paused = false;
    if (passed) {
      finish();
    } else if (!over) {
      below().resume();
    }
  }

  @Override
  public void cancel() {
    over = true;
    dropHeld();
    below().cancel();
  }

  @Override
  public void bytes(Chunk chunk) {
    // A chunk without bytes must not push out the one that has the last.
    if (over || chunk.length() == 0) {
      chunk.drop();
      return;
    }
    counted += chunk.length();
    if (counted > length()) {
      chunk.drop();
      fail(SourceFailure.BROKEN);
      below().cancel();
      return;
    }
    chunk.addTo(found);
    if (counted < length()) {
      give(chunk);
    } else {
      held = chunk;
    }
  }

  @Override
  public void ended() {
    if (over || passed) {
      return;
    }
    if (counted < length()) {
      fail(SourceFailure.BROKEN);
    } else if (!found.end().equals(expected)) {
      fail(SourceFailure.CORRUPT);
    } else {
      passed = true;
      finish();
    }
  }

  @Override
  public void broken(SourceFailure failure) {
    if (!over && !passed) {
      fail(failure);
    }
  }

  /** Gives what may be given of the last chunk and the end. Takers may pause from within. */
  private void finish() {
    if (finishing || paused || over) {
      return;
    }
    finishing = true;
    Chunk last = held;
    held = null;
    if (last != null) {
      give(last);
    }
    finishing = false;
    if (!paused && !over) {
      over = true;
      giveEnd();
    }
  }

  private void fail(SourceFailure failure) {
    over = true;
    dropHeld();
    giveBreak(failure);
  }

  private void dropHeld() {
    Chunk chunk = held;
    held = null;
    if (chunk != null) {
      chunk.drop();
    }
  }
}
