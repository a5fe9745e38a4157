package io.keyveil.http;

import io.keyveil.access.Subject;
import io.keyveil.audit.AuditLog;
import io.keyveil.audit.AuditRecord;
import io.keyveil.audit.AuditRecord.Management;
import io.keyveil.audit.AuditRecord.Target;
import io.keyveil.audit.EventId;
import io.keyveil.file.FileId;
import io.keyveil.file.FileRecord;
import io.keyveil.link.Link;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
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

  /** The same for what makes or changes a file, which has a revision once it is done. */
  <T> Future<T> changing(
      HttpServerRequest request,
      Subject subject,
      String action,
      Optional<FileId> file,
      Supplier<Future<T>> work,
      Function<T, Optional<FileRecord>> result) {
    Act act = new Act(action, file, Optional.empty(), Optional.empty());
    return around(
        request,
        subject,
        act,
        work,
        done -> result.apply(done).map(act::answered).orElseGet(act::refused));
  }

  /** Counts what somebody with a token that holds may not, or what is not there for them. */
  void refused(HttpServerRequest request, Subject subject, String reason, int status) {
    audit.refused(reason, status, addresses.of(request), Optional.of(RateGate.actor(subject)));
  }

  private <T> Future<T> around(
      HttpServerRequest request, Subject subject, Act act, Supplier<Future<T>> work) {
    return around(request, subject, act, work, done -> act);
  }

  private <T> Future<T> around(
      HttpServerRequest request,
      Subject subject,
      Act act,
      Supplier<Future<T>> work,
      Function<T, Act> result) {
    EventId event = EventId.random(random);
    return audit
        .append(record(event, request, subject, act, "tried"))
        .compose(recorded -> work.get())
        .onSuccess(
            done -> {
              Act whole = result.apply(done);
              finish(record(event, request, subject, whole, whole.outcome()));
            })
        .onFailure(failure -> finish(record(event, request, subject, act, "failed")));
  }

  /** What is done, to what, and what comes of it if nothing fails. */
  private record Act(
      String action,
      Optional<FileId> file,
      OptionalLong revision,
      Optional<String> link,
      Optional<Target> target,
      String outcome) {
    Act(String action, Optional<FileId> file, Optional<String> link, Optional<Target> target) {
      this(action, file, OptionalLong.empty(), link, target, "answered");
    }

    Act answered(FileRecord made) {
      OptionalLong its = OptionalLong.of(made.revision());
      return new Act(action, Optional.of(made.id()), its, link, target, outcome);
    }

    Act refused() {
      return new Act(action, file, revision, link, target, "refused");
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
        Optional.of(RateGate.actor(subject)),
        act.action(),
        act.file().map(FileId::text),
        act.revision(),
        act.link(),
        act.target(),
        Optional.of(addresses.of(request)),
        outcome);
  }
}
