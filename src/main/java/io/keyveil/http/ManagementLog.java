package io.keyveil.http;

import io.keyveil.access.Subject;
import io.keyveil.audit.Actor;
import io.keyveil.audit.AuditLog;
import io.keyveil.audit.AuditRecord;
import io.keyveil.audit.AuditRecord.Management;
import io.keyveil.audit.AuditRecord.Target;
import io.keyveil.audit.EventId;
import io.keyveil.file.FileId;
import io.keyveil.link.Link;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records what backends do: that it was tried, before it is done, and what became of it. If the
 * first cannot be written, nothing is done.
 */
final class ManagementLog {
  private static final Logger LOG = LoggerFactory.getLogger(ManagementLog.class);

  private final AuditLog audit;
  private final ClientAddress addresses;
  private final SecureRandom random;
  private final InstantSource clock;

  ManagementLog(AuditLog audit, ClientAddress addresses, SecureRandom random, InstantSource clock) {
    this.audit = audit;
    this.addresses = addresses;
    this.random = random;
    this.clock = clock;
  }

  <T> Future<T> around(
      HttpServerRequest request,
      Subject subject,
      String action,
      Optional<FileId> file,
      Supplier<Future<T>> work) {
    return around(
        request, subject, new Act(action, file, Optional.empty(), Optional.empty()), work);
  }

  /** The same for what is done to a link, which is told by its ID and never by its token. */
  <T> Future<T> around(
      HttpServerRequest request,
      Subject subject,
      String action,
      Optional<FileId> file,
      Optional<String> linkId,
      Supplier<Future<T>> work) {
    return around(request, subject, new Act(action, file, linkId, Optional.empty()), work);
  }

  <T> Future<T> around(
      HttpServerRequest request,
      Subject subject,
      String action,
      Target target,
      Supplier<Future<T>> work) {
    return around(
        request,
        subject,
        new Act(action, Optional.empty(), Optional.empty(), Optional.of(target)),
        work);
  }

  /** Records links that were just minted, one by one; the URLs may be given out then. */
  Future<Void> minted(HttpServerRequest request, Subject subject, List<Link> links) {
    return audit.append(
        links.stream()
            .map(
                link ->
                    (AuditRecord)
                        record(
                            EventId.random(random),
                            request,
                            subject,
                            new Act(
                                "mint-link",
                                Optional.of(link.main().id()),
                                Optional.of(link.id().text()),
                                Optional.empty()),
                            "minted"))
            .toList());
  }

  /** The same for what makes a file, whose ID is known when it is done. */
  <T> Future<T> making(
      HttpServerRequest request,
      Subject subject,
      String action,
      Supplier<Future<T>> work,
      Function<T, Optional<FileId>> made) {
    Act act = new Act(action, Optional.empty(), Optional.empty(), Optional.empty());
    return around(request, subject, act, work, made);
  }

  private <T> Future<T> around(
      HttpServerRequest request, Subject subject, Act act, Supplier<Future<T>> work) {
    return around(request, subject, act, work, done -> act.file());
  }

  private <T> Future<T> around(
      HttpServerRequest request,
      Subject subject,
      Act act,
      Supplier<Future<T>> work,
      Function<T, Optional<FileId>> made) {
    EventId event = EventId.random(random);
    return audit
        .append(record(event, request, subject, act, "tried"))
        .compose(recorded -> work.get())
        .onSuccess(
            done -> finish(record(event, request, subject, act.with(made.apply(done)), "answered")))
        .onFailure(failure -> finish(record(event, request, subject, act, "failed")));
  }

  /** What is done, and to what. */
  private record Act(
      String action, Optional<FileId> file, Optional<String> link, Optional<Target> target) {
    Act with(Optional<FileId> made) {
      return new Act(action, made, link, target);
    }
  }

  /** The work is done and stays done; a record that is missing now is the operator's to know. */
  private void finish(Management record) {
    var unused =
        audit
            .append(record)
            .onFailure(
                failure ->
                    LOG.atError()
                        .addKeyValue("event", record.event())
                        .addKeyValue("reason", failure.getMessage())
                        .log("end of a management action not recorded"));
  }

  private Management record(
      EventId event, HttpServerRequest request, Subject subject, Act act, String outcome) {
    return new Management(
        event,
        Optional.of(Answers.requestId(request)),
        clock.instant(),
        Optional.of(
            new Actor(
                subject.issuer(),
                subject.name(),
                subject.client(),
                Optional.of(subject.tokenDigest()))),
        act.action(),
        act.file().map(FileId::text),
        act.link(),
        act.target(),
        Optional.of(addresses.of(request)),
        outcome);
  }
}
