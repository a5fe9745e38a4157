package io.keyveil.audit;

import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/** Where audit records go. */
public interface AuditLog {
  /**
   * Writes a record down.
   *
   * @return done when the record is as durable as the settings ask; a failed future, always an
   *     {@link AuditUnavailableException}, means that it is not on disk
   */
  default Future<Void> append(AuditRecord record) {
    return append(List.of(record));
  }

  /** The same for records that belong together: all of them are on disk, or none. */
  Future<Void> append(List<AuditRecord> records);

  /**
   * Writes down how something went on that is on record already, and that nobody waits for: with
   * the next record that somebody does wait for, or by itself within milliseconds.
   *
   * @return as for {@link #append(AuditRecord)}
   */
  Future<Void> follow(AuditRecord record);

  /** Why records cannot be written at the moment, or empty if they can. Never fails. */
  Future<Optional<String>> health();
}
