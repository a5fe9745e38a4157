package io.keyveil.access;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/** Where an issuer's JWK set is read from. */
interface KeySource {
  /** Reads the set; fails with a message fit for the operator's log. */
  Future<Buffer> read();

  /**
   * A mark that changes when the set may have changed, had at little cost; a source that cannot
   * tell says always the same.
   */
  Future<String> mark();
}
