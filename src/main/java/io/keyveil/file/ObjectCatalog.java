package io.keyveil.file;

import io.vertx.core.Future;
import java.util.Optional;

/** What registration asks of S3: whether an object is there, and what it is. */
public interface ObjectCatalog {
  /**
   * Asks for an object's facts.
   *
   * @return the facts, or empty if it is not there (or hidden from us as a missing one is); fails
   *     with {@link CatalogUnavailableException} when S3 gave no such answer
   */
  Future<Optional<ObjectFacts>> head(ObjectKey location);
}
