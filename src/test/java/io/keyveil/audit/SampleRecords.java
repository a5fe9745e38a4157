package io.keyveil.audit;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/** Audit records for tests. */
final class SampleRecords {
  static final SecureRandom RANDOM = new SecureRandom();
  static final Instant NOW = Instant.parse("2026-03-01T10:00:00.123Z");

  private SampleRecords() {}

  static AuditRecord.Intent intent(String request) {
    return intent(request, NOW);
  }

  static AuditRecord.Intent intent(String request, Instant time) {
    return new AuditRecord.Intent(
        EventId.random(RANDOM),
        request,
        time,
        Optional.of(
            new Actor(
                "https://idp.example.org/", "ali\"ce\n", Optional.of("app"), Optional.of("ab"))),
        Optional.of("AAAAAAAAAAAAAAAAAAAAAA"),
        OptionalLong.of(3),
        Optional.of("BBBBBBBBBBBBBBBBBBBBBB"),
        "GET",
        "192.0.2.7",
        AuditRecord.Way.STREAM,
        AuditRecord.Decision.ALLOWED,
        "ok",
        Optional.of("0-99"),
        206);
  }

  static AuditRecord.Completion completion(AuditRecord.Intent intent) {
    return new AuditRecord.Completion(
        intent.event(),
        intent.requestId(),
        intent.time(),
        AuditRecord.About.of(intent),
        AuditRecord.Ending.ABORTED_BY_CLIENT,
        206,
        42,
        Optional.of("0-99"),
        Duration.ofMillis(1500));
  }

  static AuditRecord.Management management(String action) {
    return new AuditRecord.Management(
        EventId.random(RANDOM),
        Optional.empty(),
        NOW,
        Optional.empty(),
        action,
        Optional.empty(),
        "done");
  }

  /** The line of a record that follows this link of the chain, without its line end. */
  static byte[] line(AuditRecord record, ChainLink before, String instance) {
    LineWriter lines = new LineWriter();
    lines.begin(before);
    AuditLine.write(record, instance, lines);
    byte[] line = new byte[lines.size() - 1];
    ByteBuffer unused = lines.lines().get(line);
    return line;
  }
}
