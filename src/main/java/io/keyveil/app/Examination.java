package io.keyveil.app;

import io.keyveil.access.JwtVerifier;
import io.keyveil.app.Finding.Severity;
import io.keyveil.audit.ShipSettings;
import io.keyveil.config.KeyveilSettings;
import io.keyveil.file.FileId;
import io.keyveil.file.FileRecord;
import io.keyveil.file.FileStore;
import io.keyveil.file.KeyLint;
import io.keyveil.s3.BucketInspection;
import io.keyveil.s3.S3;
import io.keyveil.store.Database;
import io.keyveil.store.SqlFileStore;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Everything that a deployment needs, looked at once; it changes nothing. */
record Examination(Vertx vertx, KeyveilSettings settings, InstantSource clock, int mostKeys) {
  private static final int PAGE = 1000;

  /** Clocks that differ by more cut presigned URLs short, by much more make them dead at birth. */
  private static final Duration DIFFERENT = Duration.ofSeconds(30);

  private static final Duration APART = Duration.ofMinutes(4);

  List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    findings.add(Finding.well("configuration"));
    settings
        .listen()
        .tls()
        .ifPresent(
            files ->
                findings.addAll(
                    new CertificateExam(files, settings.listen().publicUrl(), clock.instant())
                        .examine(vertx)));
    findings.add(keys());
    findings.addAll(store());
    findings.add(audit());
    findings.addAll(s3());
    return findings;
  }

  private static Finding tried(String check, String remedy, Supplier<Finding> attempt) {
    try {
      return attempt.get();
    } catch (RuntimeException e) {
      String why = Optional.ofNullable(e.getMessage()).orElse(e.getClass().getSimpleName());
      return Finding.failure(check, why, remedy);
    }
  }

  private Finding keys() {
    String remedy = "look at tokens.issuers and at what this machine may reach";
    return tried("issuer keys", remedy, () -> keysNow(remedy));
  }

  private Finding keysNow(String remedy) {
    JwtVerifier tokens = JwtVerifier.create(vertx, settings.tokens(), clock);
    tokens.start().await();
    Map<String, String> unready = tokens.unready();
    tokens.close().await();
    return unready.isEmpty()
        ? Finding.well("issuer keys")
        : Finding.failure(
            "issuer keys",
            unready.entrySet().stream()
                .map(issuer -> issuer.getKey() + ": " + issuer.getValue())
                .collect(Collectors.joining("; ")),
            remedy);
  }

  private List<Finding> store() {
    List<Finding> findings = new ArrayList<>();
    String remedy = "look at store.url, store.user, the password and whether the server runs";
    findings.add(tried("store", remedy, () -> storeNow(findings)));
    return findings;
  }

  private Finding storeNow(List<Finding> findings) {
    if (!settings.store().isThere()) {
      return Finding.note(
          "store", "there is none yet", "keyveil store migrate, or serve, makes it");
    }
    Database database = Database.look(vertx, settings.store());
    try {
      int pending = database.pendingMigrations();
      if (pending > 0) {
        return Finding.warning(
            "store", pending + " migrations are to be made", "keyveil store migrate, or serve");
      }
      database.ping().await();
      findings.add(lint(new SqlFileStore(database)));
      return Finding.well("store");
    } finally {
      database.close();
    }
  }

  private Finding lint(FileStore files) {
    KeyLint lint = new KeyLint();
    Optional<FileId> after = Optional.empty();
    int seen = 0;
    do {
      List<FileRecord> page = files.list(after, PAGE).await();
      page.forEach(lint::look);
      seen += page.size();
      after = page.size() < PAGE ? Optional.empty() : Optional.of(page.get(page.size() - 1).id());
    } while (after.isPresent() && seen < mostKeys);
    String looked = lint.looked() + " keys that people chose";
    String rest = after.isPresent() ? ", of the first " + seen + " files" : "";
    return lint.counts().isEmpty()
        ? Finding.well("object keys", looked + rest)
        : Finding.warning(
            "object keys",
            signs(lint) + " (in " + looked + rest + ")",
            "S3's own logs show keys: move such objects under other keys and register them anew, or"
                + " use keyveil files add");
  }

  private static String signs(KeyLint lint) {
    return lint.counts().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(
            sign ->
                sign.getValue()
                    + " look like "
                    + sign.getKey().words()
                    + ", such as "
                    + lint.examples(sign.getKey()).stream()
                        .map(FileId::text)
                        .sorted()
                        .collect(Collectors.joining(" ")))
        .collect(Collectors.joining("; "));
  }

  /** The folder is not opened, since a gateway may be running on it. */
  private Finding audit() {
    Path there = settings.audit().folder().toAbsolutePath();
    while (there.getParent() != null && !Files.exists(there)) {
      there = there.getParent();
    }
    if (!Files.isDirectory(there) || !Files.isWritable(there)) {
      return Finding.failure(
          "audit",
          "audit.folder: " + settings.audit().folder() + " cannot be written",
          "give the folder to the user that keyveil runs as");
    }
    return settings.audit().signingKey().isPresent()
        ? Finding.well("audit")
        : Finding.note(
            "audit",
            "checkpoints are not signed",
            "set audit.signingKey, made by openssl genpkey -algorithm ed25519");
  }

  private List<Finding> s3() {
    List<Finding> findings = new ArrayList<>();
    S3 s3 = S3.of(vertx, settings.s3(), settings.delivery(), clock);
    try {
      findings.add(
          tried(
              "credentials",
              "set s3.credentials, or give this machine a role or a profile",
              () -> credentials(s3.credentials().await())));
      // Numbers, not names: what people called a bucket is nobody's business here either.
      int number = 0;
      for (String bucket : settings.s3().buckets()) {
        findings.addAll(bucket(s3, "bucket " + ++number, bucket, false));
      }
      settings
          .s3()
          .opaqueBucket()
          .ifPresent(bucket -> findings.addAll(bucket(s3, "opaque bucket", bucket, true)));
      ShipSettings ship = settings.audit().ship();
      ship.bucket().ifPresent(bucket -> findings.addAll(vault(s3, bucket, ship)));
    } finally {
      s3.close().await();
    }
    return findings;
  }

  private Finding credentials(Optional<Instant> end) {
    if (end.isEmpty()) {
      return settings.s3().credentials().isPresent() && settings.s3().endpoint().isEmpty()
          ? Finding.note(
              "credentials", "access keys that do not end", "on AWS, a role is safer than keys")
          : Finding.well("credentials", "they do not end");
    }
    Duration left = Duration.between(clock.instant(), end.get());
    String remedy = "look at what renews them: role, web identity or session";
    if (left.isNegative()) {
      return Finding.failure("credentials", "they ended at " + end.get(), remedy);
    }
    String found = left.toMinutes() + " minutes are left";
    return left.compareTo(settings.delivery().presignedFor()) < 0
        ? Finding.warning("credentials", found + ", and presigned URLs end with them", remedy)
        : Finding.well("credentials", found);
  }

  private List<Finding> bucket(S3 s3, String check, String bucket, boolean opaque) {
    List<Finding> findings = new ArrayList<>();
    Finding reached = reached(s3, check, bucket);
    findings.add(reached);
    BucketInspection inspection = s3.inspection();
    // A refusal tells the time as well, that of a clock that is off above all.
    Optional<Finding> clock =
        inspection.ahead(bucket).map(ahead -> clocks(check + " clock", ahead));
    clock.ifPresent(findings::add);
    if (reached.severity() == Severity.OK) {
      if (clock.isEmpty()) {
        findings.add(Finding.unsupported(check + " clock"));
      }
      inspection
          .ask(bucket)
          .forEach((trait, answer) -> findings.add(Advice.on(check, trait, answer, opaque)));
      findings.add(
          new CorsExam(settings.cors(), opaque).examine(check + " cors", inspection.pages(bucket)));
    }
    return findings;
  }

  private List<Finding> vault(S3 s3, String bucket, ShipSettings ship) {
    List<Finding> findings = new ArrayList<>();
    Finding reached = reached(s3, "audit bucket", bucket);
    findings.add(reached);
    long days = ship.mode() == ShipSettings.Mode.NONE ? ship.retention().toDays() : 0;
    if (reached.severity() == Severity.OK) {
      s3.inspection()
          .askVault(bucket, days)
          .forEach(
              (trait, answer) -> findings.add(Advice.on("audit bucket", trait, answer, false)));
    }
    return findings;
  }

  private static Finding reached(S3 s3, String check, String bucket) {
    return tried(
        check,
        "look at s3.region, s3.endpoint, the bucket's name and the role's rights",
        () -> {
          s3.control().reach(bucket).await();
          return Finding.well(check);
        });
  }

  private static Finding clocks(String check, Duration ahead) {
    String found =
        "S3's clock is "
            + ahead.abs().toSeconds()
            + " s "
            + (ahead.isNegative() ? "behind" : "ahead of")
            + " ours";
    String remedy = "let chrony or systemd-timesyncd keep this machine's clock";
    if (ahead.abs().compareTo(APART) > 0) {
      return Finding.failure(check, found, remedy);
    }
    return ahead.abs().compareTo(DIFFERENT) > 0
        ? Finding.warning(check, found, remedy)
        : Finding.well(check);
  }
}
