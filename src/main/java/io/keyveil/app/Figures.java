package io.keyveil.app;

import io.keyveil.access.JwtVerifier;
import io.keyveil.audit.FileAuditLog;
import io.keyveil.config.KeyveilSettings;
import io.keyveil.delivery.DownloadSlots;
import io.keyveil.file.CachedFileStore;
import io.keyveil.ops.Meters;
import io.keyveil.s3.S3;
import io.keyveil.store.Database;
import java.time.Duration;
import java.time.InstantSource;

/** What the parts of the gateway know of themselves, shown as metrics. */
record Figures(
    KeyveilSettings settings,
    JwtVerifier tokens,
    CachedFileStore files,
    Database database,
    FileAuditLog audit,
    S3 s3,
    DownloadSlots slots,
    InstantSource clock) {
  private static final String CACHES = "Answers from memory (hit), and those that had to be found";

  void show(Meters meters) {
    caches(meters);
    store(meters);
    audit(meters);
    meters.gauge(
        "keyveil.downloads.slots.taken", "Downloads that hold a place now", slots::running);
    meters.gauge(
        "keyveil.downloads.slots.most",
        "Places for downloads (limits.downloads)",
        () -> settings.limits().downloads());
    meters.gauge(
        "keyveil.s3.resting", "Buckets that are left alone since their reads failed", s3::resting);
    meters.gauge(
        "keyveil.s3.credentials.seconds",
        "Seconds until the S3 credentials end; NaN where they do not, or were not needed yet",
        this::credentialsLeft);
    meters.gauge(
        "keyveil.issuers.without.keys",
        "Issuers of which there are no keys",
        () -> tokens.unready().size());
  }

  private void caches(Meters meters) {
    meters.total("keyveil.cache.tokens", CACHES, "result", "hit", tokens::remembered);
    meters.total("keyveil.cache.tokens", CACHES, "result", "miss", tokens::unknown);
    meters.total("keyveil.cache.files", CACHES, "result", "hit", files::hits);
    meters.total("keyveil.cache.files", CACHES, "result", "miss", files::misses);
  }

  private void store(Meters meters) {
    database
        .load()
        .forEach(
            (lane, load) -> {
              meters.gauge(
                  "keyveil.store.active",
                  "Connections to the store that work",
                  "lane",
                  lane,
                  () -> load.get().active());
              meters.gauge(
                  "keyveil.store.idle",
                  "Connections to the store that stand ready",
                  "lane",
                  lane,
                  () -> load.get().idle());
              meters.gauge(
                  "keyveil.store.waiting",
                  "Work that waits for a connection to the store",
                  "lane",
                  lane,
                  () -> load.get().waiting());
            });
    meters.gauge(
        "keyveil.store.waiting.most",
        "Work that may wait in each lane (store.queueLimit)",
        () -> settings.store().queueLimit());
  }

  private void audit(Meters meters) {
    meters.gauge("keyveil.audit.waiting", "Appends that wait for the disk", audit::waiting);
    meters.gauge(
        "keyveil.audit.waiting.most",
        "Appends that may wait (audit.queueLimit)",
        () -> settings.audit().queueLimit());
    meters.gauge(
        "keyveil.audit.lag.seconds",
        "For how long the oldest append that is not on disk has waited",
        () -> audit.lag().toNanos() / 1e9);
  }

  private Number credentialsLeft() {
    return s3.credentialsEnd()
        .<Number>map(end -> Duration.between(clock.instant(), end).toSeconds())
        .orElse(Double.NaN);
  }
}
