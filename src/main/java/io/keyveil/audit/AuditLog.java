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

  /**
   * Counts a credential that was refused, for the record of its window. Nobody waits for that: a
   * flood of them must fill neither the disk nor the queue.
   *
   * @param reason the word for why
   * @param status the HTTP status that it is answered with
   * @param address where it came from
   */
  default void refused(String reason, int status, String address) {
    refused(reason, status, address, Optional.empty());
  }

  /**
   * The same for requests that were refused to somebody whose token holds, of which there can be as
   * many.
   *
   * @param actor who it was
   */
  void refused(String reason, int status, String address, Optional<Actor> actor);

  /** Why records cannot be written at the moment, or empty if they can. Never fails. */
  Future<Optional<String>> health();
}
