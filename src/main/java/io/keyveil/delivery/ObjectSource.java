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
   * @return the read, paused; fails with {@link SourceException} if the object cannot be read, or
   *     is not the one that was registered
   */
  Future<ObjectRead> open(FileRecord file, Optional<ByteSpan> span);
}
