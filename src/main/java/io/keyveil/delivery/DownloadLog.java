package io.keyveil.delivery;

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

  /** Records that somebody was refused. */
  Future<Void> refused(DownloadRequest request, Grant grant, Refusal refusal) {
    return log.append(
        new Intent(
            EventId.random(random),
            request.requestId(),
            now(),
            grant.actor(),
            request.file().map(Object::toString),
            OptionalLong.empty(),
            grant.link(),
            method(request),
            request.clientAddress(),
            Way.NONE,
            Decision.REFUSED,
            refusal.word(),
            Optional.empty(),
            refusal.status()));
  }

  /** A download that somebody may have; nothing of it is recorded yet. */
  Download allowed(
      DownloadRequest request,
      Grant grant,
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
            grant.actor(),
            Optional.of(file.id().text()),
            OptionalLong.of(file.revision()),
            grant.link(),
            method(request),
            request.clientAddress(),
            way,
            Decision.ALLOWED,
            grant.reason(),
            span.map(part -> part.first() + "-" + part.last()),
            status));
  }

  private static String method(DownloadRequest request) {
    return request.ask().head() ? "HEAD" : "GET";
  }
}
