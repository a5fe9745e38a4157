package io.keyveil.delivery;

import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A read whose last chunk is given only when its bytes have been counted, so that nobody has the
 * last byte of a download that was not: whoever asks in the next moment finds it counted.
 *
 * <p>A read that ends before is counted with what was given of it, and nobody waits for that.
 */
final class CountedRead extends PassingRead {
  private static final Logger LOG = LoggerFactory.getLogger(CountedRead.class);

  private final Count count;
  private @Nullable Chunk held;
  private long given;
  private boolean paused;
  private boolean counting;
  private boolean counted;
  private boolean ended;
  private boolean over;

  /** Where bytes are counted. */
  interface Count {
    /** So many bytes of the read are given, or about to be; a failed future holds the last back. */
    Future<Void> given(long bytes);

    /** Nothing more is given; called once. */
    void over();
  }

  CountedRead(ObjectRead read, Count count) {
    super(read);
    this.count = count;
  }

  @Override
  public void pause() {
    paused = true;
    if (!counting) {
      below().pause();
    }
  }

  @Override
  public void resume() {
    paused = false;
    if (counting) {
      finish();
    }
    // Also while the last chunk is held: the end behind it may be what waits.
    if (!over && !ended) {
      below().resume();
    }
  }

  @Override
  public void cancel() {
    giveUp();
    below().cancel();
  }

  @Override
  public void bytes(Chunk chunk) {
    if (over || held != null) {
      chunk.drop();
      return;
    }
    if (given + chunk.length() == length() && chunk.length() > 0) {
      held = chunk;
      count(length());
      return;
    }
    given += chunk.length();
    give(chunk);
  }

  @Override
  public void ended() {
    ended = true;
    if (over) {
      return;
    }
    if (!counting && length() == 0) {
      count(0);
    } else if (!counting) {
      // Too few; the receiver sees that as well.
      giveUp();
      giveEnd();
    } else {
      finish();
    }
  }

  @Override
  public void broken(SourceFailure failure) {
    // All bytes are here and are being counted: what happens to the connection now is nothing.
    if (over || counting) {
      return;
    }
    giveUp();
    giveBreak(failure);
  }

  private void count(long bytes) {
    counting = true;
    var unused =
        count
            .given(bytes)
            .onSuccess(
                kept -> {
                  counted = true;
                  finish();
                })
            .onFailure(this::refuse);
  }

  private void refuse(Throwable failure) {
    if (over) {
      return;
    }
    LOG.atWarn().addKeyValue("reason", failure.getMessage()).log("a download was not counted");
    end();
    below().cancel();
    giveBreak(SourceFailure.BROKEN);
  }

  /** Gives the last chunk and the end, as far as they are there and may be given. */
  private void finish() {
    if (over || paused || !counted) {
      return;
    }
    Chunk last = held;
    held = null;
    if (last != null) {
      given += last.length();
      give(last);
    }
    if (ended && !over && !paused) {
      end();
      giveEnd();
    }
  }

  /** Ends before the end; what was given is counted all the same. */
  private void giveUp() {
    if (!over && !counting && given > 0) {
      var unused =
          count
              .given(given)
              .onFailure(
                  failure ->
                      LOG.atWarn()
                          .addKeyValue("reason", failure.getMessage())
                          .log("a part of a download was not counted"));
    }
    end();
  }

  private void end() {
    if (over) {
      return;
    }
    over = true;
    Chunk chunk = held;
    held = null;
    if (chunk != null) {
      chunk.drop();
    }
    count.over();
  }
}
