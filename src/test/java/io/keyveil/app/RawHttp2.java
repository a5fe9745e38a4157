package io.keyveil.app;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Predicate;
import javax.net.ssl.SSLSocket;

/** An HTTP/2 connection of which the test writes every frame (RFC 9113). */
final class RawHttp2 implements AutoCloseable {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;

  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;

  static final int REFUSED_STREAM = 7;
  static final int ENHANCE_YOUR_CALM = 11;

  private final SSLSocket socket;
  private final DataInputStream in;

  /** One frame as it came. */
  record Frame(int type, int flags, int stream, ByteBuffer payload) {
    /** The error code of a RST_STREAM or GOAWAY. */
    int code() {
      return payload.getInt(type == GOAWAY ? 4 : 0);
    }
  }

  private RawHttp2(SSLSocket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
  }

  /** Opens one with the preface and these settings, in pairs of identifier and value. */
  static RawHttp2 open(RawTls tls, int... settings) throws IOException {
    RawHttp2 opened = new RawHttp2(tls.open("h2"));
    opened.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    opened.send(SETTINGS, 0, 0, settings(settings));
    return opened;
  }

  static byte[] settings(int... pairs) {
    ByteBuffer payload = ByteBuffer.allocate(pairs.length * 3);
    for (int i = 0; i < pairs.length; i += 2) {
      payload.putShort((short) pairs[i]).putInt(pairs[i + 1]);
    }
    return payload.array();
  }

  static byte[] number(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }

  /** A header block of literals without indexing or Huffman (RFC 7541 section 6.2.2). */
  static byte[] fields(String... pairs) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (int i = 0; i < pairs.length; i += 2) {
      block.write(0);
      text(block, pairs[i]);
      text(block, pairs[i + 1]);
    }
    return block.toByteArray();
  }

  static byte[] request(String method, String path, String... more) {
    byte[] head =
        fields(":method", method, ":scheme", "https", ":path", path, ":authority", "localhost");
    byte[] rest = fields(more);
    return ByteBuffer.allocate(head.length + rest.length).put(head).put(rest).array();
  }

  private static void text(ByteArrayOutputStream block, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int rest = bytes.length - 127;
    block.write(Math.min(bytes.length, 127));
    if (rest >= 0) {
      for (; rest >= 128; rest /= 128) {
        block.write(rest % 128 + 128);
      }
      block.write(rest);
    }
    block.writeBytes(bytes);
  }

  void send(int type, int flags, int stream, byte[] payload) throws IOException {
    write(frame(type, flags, stream, payload));
  }

  static byte[] frame(int type, int flags, int stream, byte[] payload) {
    return ByteBuffer.allocate(9 + payload.length)
        .put((byte) (payload.length >> 16))
        .putShort((short) payload.length)
        .put((byte) type)
        .put((byte) flags)
        .putInt(stream)
        .put(payload)
        .array();
  }

  void write(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  /** The next frame; empty when the connection has ended. */
  Optional<Frame> next() {
    try {
      int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      int stream = in.readInt();
      return Optional.of(new Frame(type, flags, stream, ByteBuffer.wrap(in.readNBytes(length))));
    } catch (java.net.SocketTimeoutException e) {
      throw new AssertionError("neither a frame nor the end", e);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The next frame that is like this, past all others; empty if the connection ends before. */
  Optional<Frame> next(Predicate<Frame> wanted) {
    Optional<Frame> frame = next();
    while (frame.isPresent() && !wanted.test(frame.get())) {
      frame = next();
    }
    return frame;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
