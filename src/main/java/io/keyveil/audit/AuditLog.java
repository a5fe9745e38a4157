package io.keyveil.audit;

import io.vertx.core.Future;
import java.util.Optional;

/** Where audit records go. */
public interface AuditLog {
  /**
   * Writes a record down.
   *
   * @return done when the record is as durable as the settings ask; a failed future, always an
   *     {@link AuditUnavailableException}, means that it is not on disk
   */
  Future<Void> append(AuditRecord record);

  /** Why records cannot be written at the moment, or empty if they can. Never fails. */
  Future<Optional<String>> health();
}
