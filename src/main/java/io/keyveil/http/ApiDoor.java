package io.keyveil.http;

import io.keyveil.access.KeysUnavailableException;
import io.keyveil.access.Subject;
import io.keyveil.access.Token;
import io.keyveil.access.TokenVerifier;
import io.keyveil.audit.AuditUnavailableException;
import io.keyveil.block.Blocks;
import io.keyveil.delivery.TraceParent;
import io.keyveil.file.CatalogUnavailableException;
import io.keyveil.file.StoreUnavailableException;
import io.keyveil.limit.Limit;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.InstantSource;
import java.util.List;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets backends in: verifies the token, asks the rate limits and for a scope, and answers what went
 * wrong behind.
 */
final class ApiDoor {
  private static final Logger LOG = LoggerFactory.getLogger(ApiDoor.class);

  private final TokenVerifier tokens;
  private final Blocks blocks;

  /** A browser sends cookies by itself, also in a request that another site's page makes up. */
  private final CredentialReader credentials = CredentialReader.bearerOnly();

  private final RateGate rates;
  private final Answers answers;
  private final InstantSource clock;

  ApiDoor(
      TokenVerifier tokens, Blocks blocks, RateGate rates, Answers answers, InstantSource clock) {
    this.tokens = tokens;
    this.blocks = blocks;
    this.clock = clock;
    this.rates = rates;
    this.answers = answers;
  }

  /** A handler that runs the action for subjects with the scope, and refuses all others. */
  Handler<RoutingContext> scoped(
      String scope, BiFunction<RoutingContext, Subject, Future<Void>> action) {
    return context -> open(context, scope, action).onFailure(failure -> fail(context, failure));
  }

  private Future<Void> open(
      RoutingContext context,
      String scope,
      BiFunction<RoutingContext, Subject, Future<Void>> action) {
    HttpServerRequest request = context.request();
    List<Token> found = credentials.read(request);
    if (found.isEmpty()) {
      return refuse(request, rates.refused(request, "no-credential", Problem.NO_CREDENTIAL));
    }
    if (found.size() > 1) {
      return refuse(request, rates.twoCredentials(request));
    }
    return tokens
        .verify(found.get(0))
        .compose(
            verdict ->
                verdict.match(
                    subject ->
                        within(
                                Limit.SUBJECT,
                                (asking, who) -> unblocked(asking, scope, action, who))
                            .apply(context, subject),
                    reason -> refuse(request, rates.failed(request, reason))));
  }

  /** The action, for as long as the subject is within that limit. */
  BiFunction<RoutingContext, Subject, Future<Void>> within(
      Limit limit, BiFunction<RoutingContext, Subject, Future<Void>> action) {
    return (context, subject) ->
        rates
            .asking(context.request(), limit, subject)
            .map(excess -> refuse(context.request(), excess))
            .orElseGet(() -> action.apply(context, subject));
  }

  /** Not even a block of everything shuts the API: it is where blocks are lifted. */
  private Future<Void> unblocked(
      RoutingContext context,
      String scope,
      BiFunction<RoutingContext, Subject, Future<Void>> action,
      Subject subject) {
    return blocks
        .current()
        .compose(
            list -> {
              HttpServerRequest request = context.request();
              if (list.blocks(subject, clock.instant())) {
                return refuse(
                    request,
                    rates.refused(request, subject, "blocked-token", Problem.INVALID_TOKEN));
              }
              return subject.hasScope(scope)
                  ? action.apply(context, subject)
                  : refuse(
                      request,
                      rates.refused(
                          request,
                          subject,
                          "insufficient-scope",
                          Problem.insufficientScope(scope)));
            });
  }

  private Future<Void> refuse(HttpServerRequest request, Problem problem) {
    answers.problem(request, problem);
    return Future.succeededFuture();
  }

  private void fail(RoutingContext context, Throwable failure) {
    if (failure instanceof CatalogUnavailableException unavailable && unavailable.refused()) {
      tell(context, failure, Problem.BAD_GATEWAY);
    } else if (failure instanceof CatalogUnavailableException
        || failure instanceof StoreUnavailableException
        || failure instanceof AuditUnavailableException
        || failure instanceof KeysUnavailableException) {
      tell(context, failure, Problem.unavailable("Something behind the gateway is not to be had."));
    } else {
      context.fail(failure);
    }
  }

  private void tell(RoutingContext context, Throwable failure, Problem problem) {
    TraceParent.told(
            LOG.atWarn().addKeyValue("request", Answers.requestId(context.request())),
            Answers.passedOn(context.request()))
        .addKeyValue("reason", failure.getMessage())
        .log("API request not done");
    answers.problem(context.request(), problem);
  }
}
