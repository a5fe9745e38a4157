package io.keyveil.s3;

import io.keyveil.delivery.ByteSpan;
import io.keyveil.delivery.Chunk;
import io.keyveil.delivery.Interest;
import io.keyveil.delivery.InterestLostException;
import io.keyveil.delivery.ObjectRead;
import io.keyveil.delivery.ObjectSource;
import io.keyveil.delivery.SourceException;
import io.keyveil.delivery.SourceFailure;
import io.keyveil.file.FileRecord;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * A source that has only so many reads at once, and lets only so many others wait for a turn, and
 * only so long. One for each event loop.
 *
 * <p>Stands before the client's own queue, which knows no way to leave it again. A turn lasts from
 * the question until the read has ended, was cancelled or could not be had.
 */
final class QueuedSource implements ObjectSource {
  private final Set<Waiting> queue = new LinkedHashSet<>();
  private final Vertx vertx;
  private final ObjectSource source;
  private final int most;
  private final Duration longestWait;
  private int turns;
  private boolean serving;

  /**
   * @param turns how many reads there may be at once
   * @param most how many others may wait
   */
  QueuedSource(Vertx vertx, ObjectSource source, int turns, int most, Duration longestWait) {
    this.vertx = vertx;
    this.source = source;
    this.turns = turns;
    this.most = most;
    this.longestWait = longestWait;
  }

  @Override
  public Future<ObjectRead> open(FileRecord file, Optional<ByteSpan> span, Interest interest) {
    if (interest.lost()) {
      return Future.failedFuture(new InterestLostException());
    }
    if (turns > 0) {
      turns--;
      return ask(file, span, interest);
    }
    return queue.size() < most
        ? new Waiting(file, span, interest).begin()
        : Future.failedFuture(full("all connections to S3 are taken, and all places to wait"));
  }

  private Future<ObjectRead> ask(FileRecord file, Optional<ByteSpan> span, Interest interest) {
    return source.open(file, span, interest).onFailure(failure -> giveBack()).map(CountedRead::new);
  }

  /** A loop, since turns that end at once would otherwise pile up calls, one for each who waits. */
  private void giveBack() {
    turns++;
    if (serving) {
      return;
    }
    serving = true;
    while (turns > 0 && !queue.isEmpty()) {
      Iterator<Waiting> line = queue.iterator();
      Waiting first = line.next();
      line.remove();
      turns--;
      first.go();
    }
    serving = false;
  }

  private static SourceException full(String detail) {
    return new SourceException(SourceFailure.FULL, detail);
  }

  /** Somebody who waits for a turn. */
  private final class Waiting {
    private final Promise<ObjectRead> read = Promise.promise();
    private final FileRecord file;
    private final Optional<ByteSpan> span;
    private final Interest interest;
    private long timer;

    Waiting(FileRecord file, Optional<ByteSpan> span, Interest interest) {
      this.file = file;
      this.span = span;
      this.interest = interest;
    }

    Future<ObjectRead> begin() {
      queue.add(this);
      timer =
          vertx.setTimer(
              longestWait.toMillis(), late -> leave(full("no connection to S3 became free")));
      interest.whenLost(() -> leave(new InterestLostException()));
      return read.future();
    }

    void go() {
      vertx.cancelTimer(timer);
      var unused = ask(file, span, interest).onComplete(read);
    }

    private void leave(RuntimeException why) {
      if (queue.remove(this)) {
        vertx.cancelTimer(timer);
        read.fail(why);
      }
    }
  }

  /** A read that gives its turn back when it is over. */
  private final class CountedRead implements ObjectRead {
    private final ObjectRead read;
    private boolean over;

    CountedRead(ObjectRead read) {
      this.read = read;
    }

    @Override
    public long length() {
      return read.length();
    }

    @Override
    public void start(Receiver taker) {
      read.start(new Taker(taker));
    }

    @Override
    public void pause() {
      read.pause();
    }

    @Override
    public void resume() {
      read.resume();
    }

    @Override
    public void cancel() {
      read.cancel();
      end();
    }

    private void end() {
      if (!over) {
        over = true;
        giveBack();
      }
    }

    /** Hears of the end before the one who takes the bytes does. */
    private final class Taker implements Receiver {
      private final Receiver taker;

      Taker(Receiver taker) {
        this.taker = taker;
      }

      @Override
      public void bytes(Chunk chunk) {
        taker.bytes(chunk);
      }

      @Override
      public void ended() {
        end();
        taker.ended();
      }

      @Override
      public void broken(SourceFailure failure) {
        end();
        taker.broken(failure);
      }
    }
  }
}
