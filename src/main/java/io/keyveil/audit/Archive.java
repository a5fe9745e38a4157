package io.keyveil.audit;

import java.nio.file.Path;

/** Where closed files and checkpoints are copied to, to be held there. Its methods block. */
public interface Archive {
  /**
   * Copies a file, unless the same is there under that name already, and looks at the copy.
   *
   * @throws ArchiveUnavailableException if it may not be there now, or is not what was sent
   */
  void put(String name, Path file);

  /** The same for a few bytes. */
  void put(String name, byte[] content);

  /** A copy may not be there; it is tried again. */
  final class ArchiveUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean differs;

    public ArchiveUnavailableException(String why) {
      this(why, false);
    }

    private ArchiveUnavailableException(String why, boolean differs) {
      super(why, null, false, false);
      this.differs = differs;
    }

    /** Something is there, and it is not what was sent. */
    public static ArchiveUnavailableException differing(String what) {
      return new ArchiveUnavailableException("the copy differs in its " + what, true);
    }

    /** Whether it is more than an outage. */
    public boolean differs() {
      return differs;
    }
  }
}
