package io.keyveil.delivery;

import io.keyveil.access.Subject;
import io.keyveil.audit.Actor;
import io.keyveil.audit.AuditLog;
import io.keyveil.audit.AuditRecord.Decision;
import io.keyveil.audit.AuditRecord.Intent;
import io.keyveil.audit.AuditRecord.Way;
import io.keyveil.audit.EventId;
import io.keyveil.file.FileRecord;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;

/** Puts decisions about downloads into the words of the audit log. */
final class DownloadLog {
  private final AuditLog log;
  private final SecureRandom random;
  private final InstantSource clock;

  DownloadLog(AuditLog log, SecureRandom random, InstantSource clock) {
    this.log = log;
    this.random = random;
    this.clock = clock;
  }

  Instant now() {
    return clock.instant();
  }

  AuditLog audit() {
    return log;
  }

  /** Records that a subject was refused. */
  Future<Void> refused(DownloadRequest request, Subject subject, Refusal refusal) {
    return log.append(
        new Intent(
            EventId.random(random),
            request.requestId(),
            now(),
            Optional.of(actor(subject)),
            request.file().map(Object::toString),
            OptionalLong.empty(),
            Optional.empty(),
            method(request),
            request.clientAddress(),
            Way.NONE,
            Decision.REFUSED,
            refusal.word(),
            Optional.empty(),
            refusal.status()));
  }

  /** A download that a subject may have; nothing of it is recorded yet. */
  Download allowed(
      DownloadRequest request,
      Subject subject,
      FileRecord file,
      Way way,
      int status,
      Optional<ByteSpan> span) {
    return new Download(
        this,
        new Intent(
            EventId.random(random),
            request.requestId(),
            now(),
            Optional.of(actor(subject)),
            Optional.of(file.id().text()),
            OptionalLong.of(file.revision()),
            Optional.empty(),
            method(request),
            request.clientAddress(),
            way,
            Decision.ALLOWED,
            "rule",
            span.map(part -> part.first() + "-" + part.last()),
            status));
  }

  private static String method(DownloadRequest request) {
    return request.ask().head() ? "HEAD" : "GET";
  }

  private static Actor actor(Subject subject) {
    return new Actor(
        subject.issuer(), subject.name(), subject.client(), Optional.of(subject.tokenDigest()));
  }
}
