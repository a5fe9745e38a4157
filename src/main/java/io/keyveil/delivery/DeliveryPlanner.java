package io.keyveil.delivery;

import io.keyveil.file.DeliveryPolicy;
import io.keyveil.file.FileRecord;
import java.util.Optional;

/**
 * Decides how an allowed request is answered; touches nothing. Preconditions come in the order of
 * RFC 9110 section 13.2.2, then the range, then the veil: a redirect is planned only for an opaque
 * key, whatever the policy asks for.
 */
public final class DeliveryPlanner {
  private final long redirectAbove;

  /**
   * @param redirectAbove from how many bytes on {@code auto} redirects
   */
  public DeliveryPlanner(long redirectAbove) {
    this.redirectAbove = redirectAbove;
  }

  public Plan plan(FileRecord file, Ask ask) {
    Conditions conditions = ask.conditions();
    if (violated(file, conditions)) {
      return new Plan.PreconditionFailed();
    }
    if (unchanged(file, conditions)) {
      return new Plan.NotModified();
    }
    return deliver(file, ask);
  }

  /** Steps 1 and 2: {@code If-Match}, or else {@code If-Unmodified-Since}. */
  private static boolean violated(FileRecord file, Conditions conditions) {
    return conditions
        .ifMatch()
        .map(tags -> !tags.matchesStrongly(file.etag()))
        .orElseGet(
            () ->
                conditions
                    .ifUnmodifiedSince()
                    .map(time -> file.lastModified().isAfter(time))
                    .orElse(false));
  }

  /** Steps 3 and 4: {@code If-None-Match}, or else {@code If-Modified-Since}. */
  private static boolean unchanged(FileRecord file, Conditions conditions) {
    return conditions
        .ifNoneMatch()
        .map(tags -> tags.matchesWeakly(file.etag()))
        .orElseGet(
            () ->
                conditions
                    .ifModifiedSince()
                    .map(time -> !file.lastModified().isAfter(time))
                    .orElse(false));
  }

  /** Step 5: the range, if {@code If-Range} lets it count; it has a meaning for GET only. */
  private Plan deliver(FileRecord file, Ask ask) {
    if (ask.head()) {
      return new Plan.Send(Optional.empty(), true);
    }
    boolean rangeCounts = ask.conditions().ifRange().map(tag -> holds(file, tag)).orElse(true);
    Optional<RangeRequest> range = ask.range().filter(asked -> rangeCounts);
    Optional<ByteSpan> span = range.flatMap(asked -> asked.within(file.size()));
    if (range.isPresent() && span.isEmpty()) {
      return new Plan.Unsatisfiable();
    }
    // S3 ignores If-Range: behind a redirect, a range that must not count would count after all,
    // and so would one of several, which is no range to us and may be one to S3.
    boolean redirect = redirects(file, ask) && rangeCounts;
    return redirect ? new Plan.Redirect() : new Plan.Send(span, false);
  }

  /** Strong comparison only; a date is never strong enough here (RFC 9110 section 13.1.5). */
  private static boolean holds(FileRecord file, String ifRange) {
    return ifRange.equals(file.etag().text());
  }

  private boolean redirects(FileRecord file, Ask ask) {
    return file.opaque() && wanted(file, ask);
  }

  private boolean wanted(FileRecord file, Ask ask) {
    DeliveryPolicy policy = file.delivery();
    return switch (policy) {
      case STREAM -> false;
      case REDIRECT -> true;
      case AUTO -> ask.redirectable() && file.size() >= redirectAbove;
    };
  }
}
