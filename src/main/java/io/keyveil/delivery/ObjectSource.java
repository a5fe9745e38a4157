package io.keyveil.delivery;

import io.keyveil.file.FileRecord;
import io.vertx.core.Future;
import java.util.Optional;

/** Where the bytes of files are read. */
public interface ObjectSource {
  /**
   * Opens a read of exactly the registered bytes.
   *
   * @param span which part, or empty for the whole
   * @param interest whether it is still wanted; once it is lost, nothing more is asked of S3, and
   *     what was asked is broken off
   * @return the read, paused; fails with {@link SourceException} if the object cannot be read, or
   *     is not the one that was registered, and with {@link InterestLostException} as soon as the
   *     interest is lost
   */
  Future<ObjectRead> open(FileRecord file, Optional<ByteSpan> span, Interest interest);
}
