package io.keyveil.s3;

import io.keyveil.delivery.Chunk;
import io.keyveil.delivery.ObjectRead;
import io.keyveil.delivery.SourceException;
import io.keyveil.delivery.SourceFailure;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.buffer.impl.BufferImpl;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpClientConnection;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A read whose body never passes through Vert.x's stream.
 *
 * <p>Vert.x copies every chunk of an answer into a fresh heap array, which has to be zeroed first
 * and copied back out for TLS: a sixth of the CPU of a large download. So, once the head of the
 * answer has been checked, this handler sits down in front of Vert.x's own in the connection's
 * pipeline, takes the content as Netty's pooled buffers, and lets Vert.x see only the end, after
 * which the connection goes back to its pool. It is the one class that goes below Vert.x's public
 * API; everything here happens on the connection's event loop, which is the caller's.
 *
 * <p>Who owns a buffer: from {@link #channelRead} until it is given, the queue here, which {@link
 * #cancel} and the end of the connection empty; afterwards, the chunk's taker.
 */
final class DirectRead extends ChannelInboundHandlerAdapter implements ObjectRead {
  /** The name of Vert.x's own handler. */
  private static final String VERTX_HANDLER = "handler";

  /** A client that needs longer to take what is under way, in nanoseconds, is slow. */
  private static final long LONG_PAUSE = 20_000_000;

  private final Deque<ByteBuf> waiting = new ArrayDeque<>();
  private final HttpClientRequest request;
  private final Channel channel;
  private final long length;
  private final Optional<ReadPace> pace;
  private @Nullable Receiver receiver;
  private boolean paused = true;
  private boolean allReceived;

  /** The connection is gone; what came before that is good, and is given first. */
  private boolean lost;

  private boolean over;
  private boolean giving;
  private long pausedAt;

  private DirectRead(HttpClientRequest request, Channel channel, long length) {
    this.request = request;
    this.channel = channel;
    this.length = length;
    this.pace = ReadPace.of(channel);
  }

  /** Readies a new connection for direct reads. */
  static void prepare(HttpConnection connection) {
    if (connection instanceof HttpClientConnection http1) {
      Channel channel = http1.channelHandlerContext().channel();
      ReadPace.install(channel);
      Surplus.install(channel);
    }
  }

  /**
   * Takes over the body of an answer whose head has just arrived.
   *
   * @param length how many bytes the head promised
   */
  static ObjectRead takeOver(HttpClientRequest request, HttpClientResponse response, long length) {
    Channel channel =
        ((HttpClientConnection) request.connection()).channelHandlerContext().channel();
    if (!channel.eventLoop().inEventLoop()) {
      throw new SourceException(SourceFailure.BROKEN, "the connection is another event loop's");
    }
    // With nobody to read it, Vert.x would hold the end back; a break is told by the channel.
    response.handler(none -> {}).exceptionHandler(broken -> {});
    DirectRead read = new DirectRead(request, channel, length);
    channel.pipeline().addBefore(VERTX_HANDLER, "keyveil-direct-read", read);
    return read;
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public void start(Receiver taker) {
    receiver = taker;
    pausedAt = System.nanoTime();
    pace.ifPresent(ReadPace::slow);
    resume();
  }

  @Override
  public void pause() {
    paused = true;
    pausedAt = System.nanoTime();
    if (!allReceived) {
      channel.config().setAutoRead(false);
    }
  }

  @Override
  public void resume() {
    paused = false;
    if (System.nanoTime() - pausedAt > LONG_PAUSE) {
      pace.ifPresent(ReadPace::slow);
    }
    give();
    if (!paused && !allReceived && !lost && !over) {
      channel.config().setAutoRead(true);
    }
  }

  /** Closes the connection unless its answer is complete: the rest is not worth reading. */
  @Override
  public void cancel() {
    over = true;
    dropWaiting();
    if (!allReceived && !lost) {
      var unused = request.reset();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (allReceived) {
      // Handed on, it would be taken for the answer to whatever is asked next.
      ReferenceCountUtil.safeRelease(message);
      var unused = context.close();
    } else if (!(message instanceof HttpContent content) || content.decoderResult().isFailure()) {
      context.fireChannelRead(message);
    } else if (content instanceof LastHttpContent) {
      take(content.content());
      allReceived = true;
      give();
    } else {
      take(content.content());
      give();
    }
  }

  /** Not before: what was read together with the end has been seen by then. */
  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    if (allReceived && channel.isActive()) {
      if (Surplus.of(channel).map(Surplus::possible).orElse(false)) {
        var unused = context.close();
      } else {
        handOver(context);
      }
    } else {
      context.fireChannelReadComplete();
    }
  }

  /** The connection is Vert.x's again, and free for the next request. */
  private void handOver(ChannelHandlerContext context) {
    channel.config().setAutoRead(true);
    context.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
    context.fireChannelReadComplete();
    context.pipeline().remove(this);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    lost = true;
    give();
    context.fireChannelInactive();
  }

  private void take(ByteBuf content) {
    if (over || !content.isReadable()) {
      content.release();
      return;
    }
    waiting.add(content);
    if (paused && !allReceived) {
      // Not before: whoever starts at once, with a small object, never has to stop the socket.
      channel.config().setAutoRead(false);
    }
  }

  /** Gives what may be given. Takers may pause, resume or cancel from within. */
  private void give() {
    Receiver taker = receiver;
    if (giving || taker == null) {
      return;
    }
    giving = true;
    while (!paused && !over && !waiting.isEmpty()) {
      ByteBuf content = waiting.remove();
      int count = content.readableBytes();
      LentBuffer bytes = new LentBuffer(content);
      taker.bytes(new Chunk(bytes, bytes));
      pace.ifPresent(size -> size.taken(count));
    }
    giving = false;
    if (over || !waiting.isEmpty()) {
      return;
    }
    if (allReceived && !paused) {
      over = true;
      taker.ended();
    } else if (lost && !allReceived) {
      over = true;
      taker.broken(SourceFailure.BROKEN);
    }
  }

  private void dropWaiting() {
    waiting.forEach(ByteBuf::release);
    waiting.clear();
  }

  @Override
  public String toString() {
    return "DirectRead[***]";
  }

  /**
   * A buffer that lends Netty a reference of its own, which Netty gives back when it is done with
   * the bytes. Vert.x would lend one that cannot be counted, and a write that fails early, because
   * its stream was reset, may leave bytes queued for TLS that the taker has given back already.
   *
   * <p>Of a write that never got to Netty, because its stream was reset or closed while it waited,
   * Vert.x gives nothing back. That is told by what was lent: Netty gives back before it says that
   * a write failed, unless it has sent a part, and then it has moved the reader's index. We hold a
   * reference ourselves until we have looked, so the memory cannot be somebody else's meanwhile.
   */
  private static final class LentBuffer extends BufferImpl implements Chunk.Memory {
    private final ByteBuf content;
    private @Nullable ByteBuf lent;

    LentBuffer(ByteBuf content) {
      super(content);
      this.content = content;
    }

    @Override
    public ByteBuf getByteBuf() {
      content.retain();
      ByteBuf slice = content.slice();
      lent = slice;
      return slice;
    }

    @Override
    public ByteBuffer view() {
      return content.nioBuffer();
    }

    @Override
    public void notWritten() {
      ByteBuf slice = lent;
      if (slice != null && slice.readerIndex() == 0 && content.refCnt() > 1) {
        content.release();
      }
    }

    @Override
    public void giveBack() {
      content.release();
    }
  }
}
