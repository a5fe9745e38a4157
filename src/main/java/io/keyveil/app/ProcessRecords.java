package io.keyveil.app;

import io.keyveil.audit.AuditLog;
import io.keyveil.audit.AuditRecord.Management;
import io.keyveil.audit.AuditRecord.Target;
import io.keyveil.audit.EventId;
import io.keyveil.config.KeyveilSettings;
import io.vertx.core.Future;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.HexFormat;
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
    note(keys == 0 ? "keys-lost" : "keys-rotated", new Target("issuer", issuer));
  }

  /** Another certificate is in use, with its key. */
  void certificateChanged(X509Certificate certificate) {
    note("keys-rotated", new Target("certificate", digest(certificate)));
  }

  /** The store's password is another one; not even a hash of it belongs here. */
  void passwordChanged() {
    note("keys-rotated", new Target("password", "store"));
  }

  private static String digest(X509Certificate certificate) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
      return HexFormat.of().formatHex(hash);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate in use has an encoding", e);
    }
  }

  private void note(String action, Target target) {
    var unused =
        audit
            .append(record(action, Optional.of(target)))
            .onFailure(
                failure ->
                    LOG.atError()
                        .addKeyValue("kind", target.kind())
                        .addKeyValue("reason", failure.getMessage())
                        .log("keys rotated, but not recorded"));
  }

  private Management record(String action, Optional<Target> target) {
    return Management.of(EventId.random(random), clock.instant(), action, target, "done");
  }
}
