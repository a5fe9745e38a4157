package io.keyveil.http;

import io.keyveil.access.Rejection;
import io.keyveil.access.Subject;
import io.keyveil.audit.Actor;
import io.keyveil.audit.AuditLog;
import io.keyveil.limit.Limit;
import io.keyveil.limit.Limits;
import io.keyveil.limit.Party;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;

/** Asks the rate limits about requests, and answers in HTTP's words. */
final class RateGate {
  private static final String TOO_FAST = "too-fast";

  private final Limits limits;
  private final ClientAddress addresses;
  private final AuditLog audit;

  RateGate(Limits limits, ClientAddress addresses, AuditLog audit) {
    this.limits = limits;
    this.addresses = addresses;
    this.audit = audit;
  }

  /** Counts a request that has just come, whoever sent it; what to answer if there are too many. */
  Optional<Problem> entering(HttpServerRequest request) {
    return limits.has(Limit.ADDRESS)
        ? limits
            .take(Limit.ADDRESS, address(request))
            .map(excess -> refused(request, TOO_FAST, Problem.tooFast(excess)))
        : Optional.empty();
  }

  /** Counts a credential that did not hold; what to answer. */
  Problem failed(HttpServerRequest request, Rejection reason) {
    Problem answer =
        limits.failed(address(request), reason).map(Problem::tooFast).orElse(Problem.INVALID_TOKEN);
    return refused(request, reason.word(), answer);
  }

  /** Counts a subject's request; what to answer if there are too many. */
  Optional<Problem> asking(HttpServerRequest request, Limit limit, Subject subject) {
    return limits
        .take(limit, Party.subject(subject))
        .map(excess -> refused(request, subject, TOO_FAST, Problem.tooFast(excess)));
  }

  /** Counts for the audit log what a credential, or the lack of one, is answered with. */
  Problem refused(HttpServerRequest request, String reason, Problem answer) {
    audit.refused(reason, answer.status(), addresses.of(request));
    return answer;
  }

  /** Whoever shows two credentials may be trying somebody else's, and gets neither. */
  Problem twoCredentials(HttpServerRequest request) {
    return refused(request, "two-credentials", Problem.invalidRequest("Send one credential only."));
  }

  /** Counts what is refused for its form, where that is a second credential. */
  void unsound(HttpServerRequest request) {
    if (request.headers().getAll(HttpHeaderNames.AUTHORIZATION).size() > 1) {
      Problem unused = twoCredentials(request);
    }
  }

  /** The same for somebody whose token holds. */
  Problem refused(HttpServerRequest request, Subject subject, String reason, Problem answer) {
    audit.refused(reason, answer.status(), addresses.of(request), Optional.of(actor(subject)));
    return answer;
  }

  /** Whom a token speaks for, in the words of the audit log. */
  static Actor actor(Subject subject) {
    return new Actor(
        subject.issuer(), subject.name(), subject.client(), Optional.of(subject.tokenDigest()));
  }

  private Party address(HttpServerRequest request) {
    return Party.address(addresses.of(request));
  }
}
