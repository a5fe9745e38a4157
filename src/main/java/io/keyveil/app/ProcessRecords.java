package io.keyveil.app;

import io.keyveil.audit.AuditLog;
import io.keyveil.audit.AuditRecord.Management;
import io.keyveil.audit.AuditRecord.Target;
import io.keyveil.audit.EventId;
import io.keyveil.config.KeyveilSettings;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a gateway records of itself: its settings, its start and end, its issuers' keys. */
final class ProcessRecords {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessRecords.class);

  private final AuditLog audit;
  private final SecureRandom random;
  private final InstantSource clock;

  ProcessRecords(AuditLog audit, SecureRandom random, InstantSource clock) {
    this.audit = audit;
    this.random = random;
    this.clock = clock;
  }

  /** Says on which settings it starts, by a digest: two starts on the same ones have the same. */
  Future<Void> started(KeyveilSettings settings) {
    Target digest = Target.digest("settings", SettingsText.of(settings));
    return audit.append(
        List.of(
            record("configuration-loaded", Optional.of(digest)),
            record("start", Optional.empty())));
  }

  /** It was asked to stop. */
  Future<Void> stopping() {
    return audit.append(record("stop", Optional.empty()));
  }

  /** All that ran has ended; nothing comes behind it. */
  Future<Void> stopped() {
    return audit.append(record("stopped", Optional.empty()));
  }

  /** An issuer's keys are others now, or none. */
  void keysChanged(String issuer, int keys) {
    String action = keys == 0 ? "keys-lost" : "keys-rotated";
    var unused =
        audit
            .append(record(action, Optional.of(new Target("issuer", issuer))))
            .onFailure(
                failure ->
                    LOG.atError()
                        .addKeyValue("issuer", issuer)
                        .addKeyValue("reason", failure.getMessage())
                        .log("keys rotated, but not recorded"));
  }

  private Management record(String action, Optional<Target> target) {
    return new Management(
        EventId.random(random),
        Optional.empty(),
        clock.instant(),
        Optional.empty(),
        action,
        Optional.empty(),
        Optional.empty(),
        target,
        Optional.empty(),
        "done");
  }
}
