package io.keyveil.app;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.audit.AuditReader;
import io.keyveil.audit.AuditRecord;
import io.keyveil.audit.AuditRecord.Finding;
import io.keyveil.audit.AuditRecord.Reconciled;
import io.keyveil.audit.AuditSettings;
import io.keyveil.audit.AuditVerifier;
import io.keyveil.audit.FileAuditLog;
import io.keyveil.audit.ReconciledShare;
import io.keyveil.audit.ReconciledShare.TooManyFetchesException;
import io.keyveil.audit.Reconciliation;
import io.keyveil.config.KeyveilSettings;
import io.keyveil.s3.FetchLog;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code keyveil audit reconcile}: what S3's logs say of redirects. A gateway may hold the log's
 * own folder, so what is found goes to a log of its own, in a folder below that one.
 */
@Command(
    name = "reconcile",
    description = "Join S3's access logs to the redirects in the audit log.",
    mixinStandardHelpOptions = true)
final class AuditReconcileCommand implements Callable<Integer> {
  /** Its folder, below the gateway's. */
  static final String FOLDER = "reconciled";

  private static final String BUCKET = "s3://";
  private static final int BATCH = 500;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ConfigOption config = new ConfigOption();

  @Parameters(
      arity = "1..*",
      paramLabel = "LOGS",
      description =
          "Server access logs or CloudTrail files, also gzipped; folders of them; or"
              + " s3://BUCKET/PREFIX.")
  private List<String> logs = List.of();

  @Option(
      names = "--settled",
      paramLabel = "TIME",
      converter = Lifetime.class,
      defaultValue = "6h",
      description =
          "How much later than a redirect the logs have to reach until silence means that it was"
              + " never used (${DEFAULT-VALUE}).")
  private Duration settled = Duration.ZERO;

  @Option(
      names = "--with",
      paramLabel = "FOLDER",
      description =
          "The audit folder of another instance that redirects to the same bucket, or its copy out of"
              + " the archive; again for each. What it gave out is known then, and left to its own"
              + " log.")
  private List<Path> others = List.of();

  @Option(names = "--json", description = "One JSON object.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    KeyveilSettings settings = config.read();
    Path folder = settings.audit().folder();
    if (!Files.isDirectory(folder)) {
      throw new CommandFailedException(
          "audit.folder: " + folder + " is no folder (expected: an audit log)");
    }
    for (int i = 0; i < others.size(); i++) {
      requireSound(i + 1, others.get(i));
    }
    try (Workshop workshop = Workshop.open(settings);
        Reconciliation found = new Reconciliation(settled, Instant.now())) {
      FetchLog fetches = new FetchLog(found::fetch, found::reaches);
      for (String log : logs) {
        read(workshop, log, fetches);
      }
      record(workshop, settings.audit(), found);
      tell(found, fetches.unread());
      boolean alarm = found.findings().getOrDefault(Finding.FETCHED_WITHOUT_INTENT, 0L) > 0;
      return alarm ? Failures.FAILED : 0;
    } catch (TooManyFetchesException e) {
      throw new CommandFailedException("LOGS: " + e.getMessage());
    }
  }

  /** Whoever could write decisions into it could make any fetch look like one of ours. */
  private static void requireSound(int number, Path other) throws IOException {
    // By its number: what stands there by mistake may be a key.
    String which = "--with, number " + number + ": ";
    if (!Files.isDirectory(other)) {
      throw new CommandFailedException(
          which + "no folder (expected: the audit log of another instance)");
    }
    AuditVerifier.Expected part = new AuditVerifier.Expected(List.of(), Optional.empty(), true);
    Optional<String> broken =
        AuditVerifier.verify(other, part)
            .match(sound -> Optional.empty(), fault -> Optional.of(fault.text()));
    if (broken.isPresent()) {
      throw new CommandFailedException(which + broken.get() + " (expected: a sound audit log)");
    }
  }

  private static void read(Workshop workshop, String log, FetchLog fetches) throws IOException {
    if (log.startsWith(BUCKET)) {
      String[] parts = log.substring(BUCKET.length()).split("/", 2);
      workshop.s3().logFiles().read(parts[0], parts.length > 1 ? parts[1] : "", fetches::read);
      return;
    }
    Path path = Path.of(log);
    if (!Files.isReadable(path)) {
      throw new CommandFailedException(
          "LOGS: one cannot be read (expected: a file, a folder, or s3://BUCKET/PREFIX)");
    }
    try (Stream<Path> all = Files.walk(path)) {
      for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile).sorted()::iterator) {
        try (InputStream in = Files.newInputStream(file)) {
          fetches.read(in);
        }
      }
    }
  }

  private void record(Workshop workshop, AuditSettings audit, Reconciliation found)
      throws IOException {
    FileAuditLog log =
        FileAuditLog.open(
            workshop.vertx(), audit.beside(FOLDER), InstantSource.system(), new SecureRandom());
    try {
      Path earlier = audit.folder().resolve(FOLDER);
      long[] left = {0};
      AuditReader.read(earlier, record -> true, record -> left[0]++);
      int shares = found.shares(left[0]);
      for (int i = 0; i < shares; i++) {
        record(log, audit.folder(), found.share(i, shares));
      }
    } finally {
      log.close().await();
    }
  }

  /** What is recorded on the way is not read again: each URL is of one share. */
  private void record(FileAuditLog log, Path folder, ReconciledShare share) throws IOException {
    AuditReader.read(folder.resolve(FOLDER), record -> true, share::found);
    List<AuditRecord> batch = new ArrayList<>();
    AuditReader.read(
        folder,
        AuditReconcileCommand::isIntent,
        intent -> {
          share.decision(intent).ifPresent(batch::add);
          if (batch.size() >= BATCH) {
            append(log, batch);
          }
        });
    for (Path other : others) {
      AuditReader.read(other, AuditReconcileCommand::isIntent, share::elsewhere);
    }
    for (Reconciled stranger : share.strangers()) {
      batch.add(stranger);
      if (batch.size() >= BATCH) {
        append(log, batch);
      }
    }
    append(log, batch);
  }

  private static boolean isIntent(ObjectNode record) {
    return record.path("kind").asText().equals("intent");
  }

  private static void append(FileAuditLog log, List<AuditRecord> batch) {
    if (!batch.isEmpty()) {
      log.append(List.copyOf(batch)).await();
      batch.clear();
    }
  }

  private void tell(Reconciliation found, long unread) {
    PrintWriter out = spec.commandLine().getOut();
    Map<Finding, Long> counts = found.findings();
    if (json) {
      ObjectNode all = JsonNodeFactory.instance.objectNode();
      all.put("redirects", found.redirects());
      for (Finding finding : Finding.values()) {
        all.put(finding.word(), counts.getOrDefault(finding, 0L));
      }
      all.put("outstanding", found.outstanding());
      found.outstandingSince().ifPresent(since -> all.put("outstandingSince", since.toString()));
      out.println(all.put("unread", unread));
    } else {
      out.println("redirects in the log: " + found.redirects());
      for (Finding finding : Finding.values()) {
        out.println("new " + finding.word() + ": " + counts.getOrDefault(finding, 0L));
      }
      out.println(
          "outstanding, since S3's logs do not reach that far: "
              + found.outstanding()
              + found.outstandingSince().map(since -> " (the oldest of " + since + ")").orElse(""));
      if (unread > 0) {
        out.println("entries in no form that is known: " + unread);
      }
      if (counts.containsKey(Finding.FETCHED_WITHOUT_INTENT)) {
        out.println("ALARM: somebody fetched with a URL that this log knows nothing of");
      }
    }
    out.flush();
  }
}
