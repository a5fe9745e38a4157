package io.keyveil.audit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest checkpoint beside the files of the log, where others fetch it from. Under load there
 * are many in a second, and nobody can fetch each; so one that nobody asked for waits until the
 * next second.
 */
final class CheckpointCopy {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointCopy.class);

  private final AuditFolder folder;
  private volatile @Nullable String newest;
  private volatile boolean due;

  CheckpointCopy(AuditFolder folder) {
    this.folder = folder;
  }

  /** Takes a checkpoint that is in the log, in the place of one that still waits. */
  void take(String note) {
    newest = note;
  }

  /** A second is over: tells whether one waits, which {@link #writeIfDue} then writes. */
  boolean tick() {
    due = newest != null;
    return due;
  }

  void writeIfDue() {
    if (due) {
      write();
    }
  }

  void write() {
    String note = newest;
    due = false;
    newest = null;
    if (note != null) {
      folder
          .publish(note)
          .ifPresent(
              why ->
                  LOG.atWarn().addKeyValue("why", why).log("copy of the checkpoint not written"));
    }
  }
}
