package io.keyveil.app;

import io.keyveil.access.JwtVerifier;
import io.keyveil.audit.AuditLog;
import io.keyveil.file.CatalogUnavailableException;
import io.keyveil.http.PublicServer;
import io.keyveil.ops.Readiness;
import io.keyveil.s3.S3;
import io.keyveil.s3.S3Control;
import io.keyveil.s3.S3Settings;
import io.keyveil.store.Database;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What has to be well for the gateway to take requests. */
record ReadinessChecks(
    PublicServer publicServer,
    JwtVerifier tokens,
    Database database,
    AuditLog audit,
    S3 s3,
    S3Settings settings,
    InstantSource clock) {

  Readiness all() {
    S3Control control = s3.control();
    return new Readiness()
        .with("listener", () -> Future.succeededFuture(unreachable()))
        .with("keys", () -> Future.succeededFuture(unreadyKeys()))
        .with("store", () -> database.ping().map(Optional.<String>empty()))
        .with("audit", audit::health)
        .with("s3", () -> reach(control))
        .with("credentials", () -> Future.succeededFuture(credentials()))
        .telling("credentialsSecondsLeft", this::credentialsLeft);
  }

  private Optional<String> unreachable() {
    return publicServer.listening() ? Optional.empty() : Optional.of("it does not listen yet");
  }

  private Optional<String> unreadyKeys() {
    Map<String, String> reasons = tokens.unready();
    return reasons.isEmpty()
        ? Optional.empty()
        : Optional.of(
            reasons.entrySet().stream()
                .map(issuer -> issuer.getKey() + ": " + issuer.getValue())
                .collect(Collectors.joining("; ")));
  }

  /** One bucket after the other, until one cannot be reached. */
  private Future<Optional<String>> reach(S3Control control) {
    List<String> buckets =
        Stream.concat(settings.buckets().stream(), settings.opaqueBucket().stream()).toList();
    Future<Optional<String>> result = Future.succeededFuture(Optional.empty());
    for (String bucket : buckets) {
      result =
          result.compose(
              reason ->
                  reason.isPresent()
                      ? Future.succeededFuture(reason)
                      : control.reach(bucket).map(Optional.<String>empty()));
    }
    return result.recover(
        failure ->
            failure instanceof CatalogUnavailableException
                ? Future.succeededFuture(Optional.ofNullable(failure.getMessage()))
                : Future.failedFuture(failure));
  }

  private Optional<Long> credentialsLeft() {
    return s3.credentialsEnd().map(end -> Duration.between(clock.instant(), end).toSeconds());
  }

  /** Credentials that end soon are replaced by their provider; those that have ended were not. */
  private Optional<String> credentials() {
    return s3.credentialsEnd()
        .filter(end -> end.isBefore(clock.instant()))
        .map(end -> "the S3 credentials ended at " + end);
  }
}
