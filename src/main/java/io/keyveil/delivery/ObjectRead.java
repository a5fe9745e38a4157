package io.keyveil.delivery;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;

/** A running read of an object, paused until somebody takes its bytes. */
public interface ObjectRead {
  /** How many bytes the read will give, as S3 promised and as was asked for. */
  long length();

  /** The bytes. */
  ReadStream<Buffer> body();

  /** Ends the read now; what is not read yet never comes. May be called at any time, repeatedly. */
  void cancel();
}
