package io.keyveil.delivery;

import java.time.Instant;
import java.util.Optional;

/**
 * The preconditions of a request, parsed. A malformed date counts as absent (RFC 9110 section
 * 13.1.3); a malformed list of tags matches nothing, but is there, so that no date stands in for
 * it.
 *
 * @param ifMatch tags one of which the file must have
 * @param ifUnmodifiedSince the file must not be younger
 * @param ifNoneMatch tags none of which the file may have
 * @param ifModifiedSince the file must be younger
 * @param ifRange the validator that a range is bound to
 */
public record Conditions(
    Optional<EntityTags> ifMatch,
    Optional<Instant> ifUnmodifiedSince,
    Optional<EntityTags> ifNoneMatch,
    Optional<Instant> ifModifiedSince,
    Optional<String> ifRange) {

  /** No conditions. */
  public static final Conditions NONE =
      new Conditions(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
}
