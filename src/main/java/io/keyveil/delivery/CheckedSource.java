package io.keyveil.delivery;

import io.keyveil.file.Checksum;
import io.keyveil.file.FileRecord;
import io.vertx.core.Future;
import java.util.Optional;

/**
 * A source that checks what it gives, where the whole object is read and a checksum of it is known.
 * It belongs around the source that resumes, so that a body of several reads is checked as one.
 */
public final class CheckedSource implements ObjectSource {
  private final ObjectSource source;
  private final Integrity integrity;

  public CheckedSource(ObjectSource source, Integrity integrity) {
    this.source = source;
    this.integrity = integrity;
  }

  @Override
  public Future<ObjectRead> open(FileRecord file, Optional<ByteSpan> span, Interest interest) {
    Optional<Checksum> expected =
        coversAll(file, span) ? integrity.choose(file.checksums()) : Optional.empty();
    Future<ObjectRead> read = source.open(file, span, interest);
    return expected.isPresent() ? read.map(bytes -> new CheckedRead(bytes, expected.get())) : read;
  }

  static boolean coversAll(FileRecord file, Optional<ByteSpan> span) {
    return span.isEmpty() || span.get().length() == file.size();
  }
}
