package io.keyveil.delivery;

import io.keyveil.audit.AuditRecord.Ending;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import org.jspecify.annotations.Nullable;

/**
 * Moves the bytes of one read to one client, counting them.
 *
 * <p>Lives on the client's event loop, from {@link #start} to its one end. Exactly the promised
 * number of bytes is handed over, or the end says otherwise and the caller breaks the connection:
 * bytes beyond the promise are never written, and too few never look whole. The chunk with the last
 * byte waits for word that the read was whole, and then ends the answer in the same step. A client
 * that stands still for longer than allowed ends the transfer; one that merely is slow does not.
 *
 * <p>What is under way to a slow client is bounded here, by bytes that were written and not yet
 * taken by its socket: Vert.x's own write queue counts messages, of which sixteen large ones would
 * cost megabytes for each client. The read is paused meanwhile. Where the client keeps up, writes
 * are done when they return, and nothing is ever paused.
 */
public final class Transfer implements ObjectRead.Receiver, Lookout.Watched {
  /** Bytes under way from which on the read is paused; it goes on below half of them. */
  private static final int WINDOW = 32 << 10;

  private final Promise<TransferEnd> end = Promise.promise();
  private final Lookout stalls;
  private final ObjectRead read;
  private final WriteStream<Buffer> client;
  private final long window;
  private @Nullable Chunk last;
  private Future<Void> taken = Future.succeededFuture();
  private long sent;
  private long underWay;
  private long sentAtLastLook;
  private boolean waitingForClient;
  private boolean over;

  /**
   * Prepares a transfer; nothing moves yet.
   *
   * @param client where the bytes go; it is ended after the last of them, while breaking it after
   *     any other end, and word of the client's leaving, are the caller's
   * @param stalls looks whether the client stands still; its interval is how long that may be
   */
  public Transfer(Lookout stalls, ObjectRead read, WriteStream<Buffer> client) {
    this(stalls, read, client, WINDOW);
  }

  /** The same with another window. */
  Transfer(Lookout stalls, ObjectRead read, WriteStream<Buffer> client, long window) {
    this.window = window;
    this.stalls = stalls;
    this.read = read;
    this.client = client;
  }

  /** Begins to move bytes; the future never fails. */
  public Future<TransferEnd> start() {
    stalls.add(this);
    read.start(this);
    return end.future();
  }

  /** Ends the transfer from outside; does nothing if it is over. */
  public void abort(Ending ending) {
    finish(ending);
  }

  /** Of a transfer that is complete: done when the client has taken the last bytes, and the end. */
  public Future<Void> taken() {
    return taken;
  }

  @Override
  public void bytes(Chunk chunk) {
    if (over || chunk.length() == 0) {
      chunk.drop();
      return;
    }
    long promised = read.length() - sent;
    if (last != null || chunk.length() > promised) {
      chunk.drop();
      finish(Ending.UPSTREAM_FAILED);
    } else if (chunk.length() == promised) {
      last = chunk;
    } else {
      write(chunk);
    }
  }

  private void write(Chunk chunk) {
    int count = chunk.length();
    sent += count;
    underWay += count;
    var unused = chunk.writeTo(client).onComplete(written -> written(count));
    if (underWay >= window && !over) {
      waitingForClient = true;
      read.pause();
    }
  }

  private void written(int count) {
    underWay -= count;
    if (waitingForClient && !over && underWay <= window / 2) {
      waitingForClient = false;
      read.resume();
    }
  }

  @Override
  public void ended() {
    boolean whole = last != null || sent == read.length();
    finish(whole ? Ending.COMPLETE : Ending.UPSTREAM_FAILED);
  }

  @Override
  public void broken(SourceFailure failure) {
    finish(failure == SourceFailure.CORRUPT ? Ending.CORRUPT : Ending.UPSTREAM_FAILED);
  }

  /** Two looks without a byte between them, while the client is waited for: it stands still. */
  @Override
  public void look() {
    if (sent == sentAtLastLook && waitingForClient) {
      finish(Ending.ABORTED_BY_CLIENT);
    }
    sentAtLastLook = sent;
  }

  private void finish(Ending ending) {
    if (over) {
      return;
    }
    over = true;
    stalls.remove(this);
    Chunk rest = last;
    last = null;
    if (ending == Ending.COMPLETE) {
      sent = read.length();
      taken = rest == null ? client.end() : rest.endOf(client);
    } else {
      read.cancel();
      if (rest != null) {
        rest.drop();
      }
    }
    end.complete(new TransferEnd(ending, sent));
  }
}
