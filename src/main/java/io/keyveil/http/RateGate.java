package io.keyveil.http;

import io.keyveil.access.Rejection;
import io.keyveil.access.Subject;
import io.keyveil.limit.Limit;
import io.keyveil.limit.Limits;
import io.keyveil.limit.Party;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;

/** Asks the rate limits about requests, and answers in HTTP's words. */
final class RateGate {
  private final Limits limits;
  private final ClientAddress addresses;

  RateGate(Limits limits, ClientAddress addresses) {
    this.limits = limits;
    this.addresses = addresses;
  }

  /** Counts a request that has just come, whoever sent it; what to answer if there are too many. */
  Optional<Problem> entering(HttpServerRequest request) {
    return limits.has(Limit.ADDRESS)
        ? limits.take(Limit.ADDRESS, address(request)).map(Problem::tooFast)
        : Optional.empty();
  }

  /** Counts a credential that did not hold; what to answer. */
  Problem failed(HttpServerRequest request, Rejection reason) {
    return limits
        .failed(address(request), reason)
        .map(Problem::tooFast)
        .orElse(Problem.INVALID_TOKEN);
  }

  /** Counts a subject's request; what to answer if there are too many. */
  Optional<Problem> asking(Limit limit, Subject subject) {
    return limits.take(limit, Party.subject(subject)).map(Problem::tooFast);
  }

  private Party address(HttpServerRequest request) {
    return Party.address(addresses.of(request));
  }
}
