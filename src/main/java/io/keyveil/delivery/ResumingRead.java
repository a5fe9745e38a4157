package io.keyveil.delivery;

import io.keyveil.file.FileRecord;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A read that goes on where S3 broke off or fell silent; its receiver sees nothing of it.
 *
 * <p>States: reading ({@code current} gives bytes), waiting (the old read is gone, and its receiver
 * wants no bytes), between (the next is being asked for), over. What an old read still says in a
 * later state is dropped, which is why every read is listened to through a {@link Leg} of its own.
 *
 * <p>S3 closes a connection that nobody takes bytes from. A receiver that is slower than that gets
 * its next read when it wants bytes again: one that is asked for earlier lies idle until it is
 * closed as well, and uses up attempts without having given a byte.
 */
final class ResumingRead implements ObjectRead, Lookout.Watched {
  private final ResumingSource source;
  private final FileRecord file;
  private final ByteSpan whole;
  private final long length;
  private ObjectRead current;

  /** In the rest that is being asked for, if any. */
  private Interest interest = new Interest();

  private @Nullable Leg leg;
  private @Nullable Receiver receiver;
  private long given;

  /**
   * What had been given then; -1 if S3 has just been asked, or bytes have just been wanted again.
   */
  private long givenAtLastLook = -1;

  private int attempts;

  /** Looks at the current read, none of them while the next one is asked for. */
  private int looks;

  /** What had been given when the current read began. */
  private long givenBefore;

  private boolean paused;
  private boolean between;
  private boolean over;

  /** How to go on once bytes are wanted again. */
  private @Nullable Runnable waiting;

  /**
   * @param first gives the first bytes
   * @param attempts how often it took to ask again until there was a first read
   */
  ResumingRead(
      ResumingSource source, FileRecord file, ByteSpan whole, ObjectRead first, int attempts) {
    this.attempts = attempts;
    this.source = source;
    this.file = file;
    this.whole = whole;
    this.length = first.length();
    this.current = first;
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public void start(Receiver taker) {
    receiver = taker;
    source.stalls().add(this);
    run(current);
  }

  @Override
  public void pause() {
    paused = true;
    if (!between) {
      current.pause();
    }
  }

  @Override
  public void resume() {
    paused = false;
    givenAtLastLook = -1;
    Runnable next = waiting;
    waiting = null;
    if (next != null) {
      next.run();
    } else if (!between && !over) {
      current.resume();
    }
  }

  @Override
  public void cancel() {
    stop();
    interest.lose();
    current.cancel();
  }

  private void run(ObjectRead read) {
    Leg next = new Leg();
    current = read;
    leg = next;
    between = false;
    givenBefore = given;
    read.start(next);
    if (paused && !over && leg == next) {
      read.pause();
    }
  }

  private void stop() {
    over = true;
    waiting = null;
    leg = null;
    source.stalls().remove(this);
  }

  /** Two looks without a byte between them, though bytes are wanted: S3 stands still. */
  @Override
  public void look() {
    if (between) {
      return;
    }
    looks++;
    if (!paused && given == givenAtLastLook) {
      goOn(SourceFailure.SILENT);
    }
    givenAtLastLook = given;
  }

  private void goOn(SourceFailure failure) {
    goOn(failure, Duration.ZERO);
  }

  /**
   * Asks for the rest once this has passed and bytes are wanted, if there are attempts left. A
   * bucket that is left alone is waited for: what has begun cannot be answered in another way any
   * more.
   */
  private void goOn(SourceFailure failure, Duration least) {
    leg = null;
    between = true;
    current.cancel();
    boolean lasted = lasted(failure);
    looks = 0;
    if (paused) {
      waiting = () -> ask(failure, least, lasted);
    } else {
      ask(failure, least, lasted);
    }
  }

  /**
   * Many reads may end at once and be gone on with one by one, so what is earned by having lasted
   * is earned only here, where it is spent.
   */
  private void ask(SourceFailure failure, Duration least, boolean lasted) {
    if (lasted) {
      attempts = 0;
      source.lasted();
    }
    attempts++;
    if (!source.mayTry(attempts)) {
      giveUp(failure);
      return;
    }
    ByteSpan rest = new ByteSpan(whole.first() + given, whole.last());
    Interest wish = new Interest();
    interest = wish;
    var unused =
        source
            .pause(attempts, least, wish)
            .compose(waited -> source.rest(file, rest, failure, wish))
            .onSuccess(this::take)
            .onFailure(this::missed);
  }

  /**
   * Whether the read had gone well for longer than the stall timeout, which lies between two looks.
   * One that broke did so if it saw two of them; one that fell silent, which takes two more, if it
   * saw four. Servers close slow connections, and not all of them say so.
   */
  private boolean lasted(SourceFailure failure) {
    int silent = failure == SourceFailure.SILENT ? 2 : 0;
    return (failure == SourceFailure.BROKEN || failure == SourceFailure.SILENT)
        && looks > 1 + silent
        && given > givenBefore;
  }

  private void take(ObjectRead rest) {
    if (over) {
      rest.cancel();
    } else {
      givenAtLastLook = -1;
      run(rest);
    }
  }

  /** The rest could not be had: worth another try, unless the object is gone or another. */
  private void missed(Throwable cause) {
    if (over) {
      return;
    }
    SourceFailure failure =
        cause instanceof SourceException known ? known.failure() : SourceFailure.BROKEN;
    switch (failure) {
      case BUSY, FULL, BROKEN, SILENT -> goOn(failure);
      case RESTING -> goOn(failure, ((SourceException) cause).retryAfter());
      case GONE, CHANGED, REFUSED, CORRUPT -> giveUp(failure);
    }
  }

  private void giveUp(SourceFailure failure) {
    stop();
    source.gaveUp(failure);
    Receiver taker = receiver;
    if (taker != null) {
      taker.broken(failure);
    }
  }

  /** Listens to one of the reads that make up this one. */
  private final class Leg implements Receiver {
    @Override
    public void bytes(Chunk chunk) {
      Receiver taker = receiver;
      if (leg != this || taker == null) {
        chunk.drop();
        return;
      }
      given += chunk.length();
      taker.bytes(chunk);
    }

    @Override
    public void ended() {
      if (leg != this) {
        return;
      }
      if (given < length) {
        goOn(SourceFailure.BROKEN);
        return;
      }
      stop();
      Receiver taker = receiver;
      if (taker != null) {
        taker.ended();
      }
    }

    @Override
    public void broken(SourceFailure failure) {
      if (leg == this) {
        goOn(failure);
      }
    }
  }
}
