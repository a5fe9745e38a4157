package io.keyveil.audit;

import java.nio.file.Path;

/** Where closed files and checkpoints are copied to, to be held there. Its methods block. */
public interface Archive {
  /**
   * Copies a file, unless one of that name is there already.
   *
   * @throws ArchiveUnavailableException if it may not be there now
   */
  void put(String name, Path file);

  /** The same for a few bytes. */
  void put(String name, byte[] content);

  /** A copy may not be there; it is tried again. */
  final class ArchiveUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ArchiveUnavailableException(String why) {
      super(why, null, false, false);
    }
  }
}
