package io.keyveil.s3;

import io.netty.channel.Channel;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.AttributeKey;
import java.util.Optional;

/**
 * How much is read from S3 at once on one connection: little at first and for clients that are
 * slow, so that many of them cost little memory; much for clients that keep up, since every read
 * costs a pass through the pipe. Used on the connection's event loop alone.
 */
final class ReadPace extends DefaultMaxMessagesRecvByteBufAllocator {
  private static final AttributeKey<ReadPace> KEY = AttributeKey.valueOf("keyveil.read-pace");
  private static final int SMALL = 16 << 10;
  private static final int LARGE = 256 << 10;

  /**
   * So many bytes in a row that the client took without waiting long double the size. A slow
   * client's connection swallows a few MiB at full speed, into its kernel buffers, before it shows.
   */
  private static final int STREAK = 2 << 20;

  private int size = SMALL;
  private int streak;

  /** Sets the pace of a connection that has read nothing yet. */
  static void install(Channel channel) {
    ReadPace pace = new ReadPace();
    channel.config().setRecvByteBufAllocator(pace);
    channel.attr(KEY).set(pace);
  }

  static Optional<ReadPace> of(Channel channel) {
    return Optional.ofNullable(channel.attr(KEY).get());
  }

  /** The client took so many bytes. */
  void taken(int bytes) {
    streak += bytes;
    if (streak >= STREAK && size < LARGE) {
      size *= 2;
      streak = 0;
    }
    streak = Math.min(streak, STREAK);
  }

  /** The client let us wait, or a new client comes. */
  void slow() {
    size = SMALL;
    streak = 0;
  }

  @Override
  public RecvByteBufAllocator.ExtendedHandle newHandle() {
    return new MaxMessageHandle() {
      @Override
      public int guess() {
        return size;
      }
    };
  }
}
