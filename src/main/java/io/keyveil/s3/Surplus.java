package io.keyveil.s3;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.Optional;

/**
 * Whether what S3 sent last was more than could be made into messages: the beginning of another
 * answer, say, which the decoder behind this handler keeps until the rest comes. The decoder reads
 * from the very buffer that passes here, unless it keeps some of an earlier one; then it takes all
 * of this one at once, and how much of that was needed cannot be seen.
 */
final class Surplus extends ChannelInboundHandlerAdapter {
  /** The name of Vert.x's decoder. */
  private static final String DECODER = "codec";

  private boolean kept;
  private boolean possible;

  /** Watches a connection that has read nothing yet. */
  static void install(Channel channel) {
    channel.pipeline().addBefore(DECODER, "keyveil-surplus", new Surplus());
  }

  static Optional<Surplus> of(Channel channel) {
    return Optional.ofNullable(channel.pipeline().get(Surplus.class));
  }

  /** Whether the decoder keeps bytes, or may do so. */
  boolean possible() {
    return possible;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!(message instanceof ByteBuf bytes)) {
      context.fireChannelRead(message);
      return;
    }
    boolean joined = kept;
    // Once given back, the buffer might be another's by the time it is looked at.
    bytes.retain();
    try {
      context.fireChannelRead(bytes);
      kept = bytes.isReadable();
      possible = joined || kept;
    } finally {
      bytes.release();
    }
  }
}
