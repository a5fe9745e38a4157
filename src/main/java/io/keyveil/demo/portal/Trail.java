package io.keyveil.demo.portal;

import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;

/** What the gateway's audit log has about a file. */
@FunctionalInterface
public interface Trail {
  /** Everything about a file, oldest first, as this person may read it. */
  Future<List<Event>> of(String fileId, Person reader);

  /**
   * One thing that was recorded.
   *
   * @param who in words, never a name
   * @param what was done, and what became of it
   */
  record Event(Instant time, String who, String what) {}
}
