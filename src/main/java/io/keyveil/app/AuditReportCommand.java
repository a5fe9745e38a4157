package io.keyveil.app;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.audit.AuditReader;
import io.keyveil.audit.AuditSettings;
import io.keyveil.audit.AuditVerifier;
import io.keyveil.audit.SigningKey;
import io.keyveil.config.KeyveilSettings;
import io.keyveil.file.FileId;
import io.keyveil.file.FileRecord;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code keyveil audit report}: who was given what, the accounting of disclosures. */
@Command(
    name = "report",
    description = "Tell who was given a file, or the files of a patient, and when.",
    mixinStandardHelpOptions = true)
final class AuditReportCommand implements Callable<Integer> {
  private static final int PAGE = 500;
  private static final String ROW = "%-24.24s  %-22s  %-20s  %-15s  %-8s  %-20s  %12s  %s%n";

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ConfigOption config = new ConfigOption();
  @Mixin private PeriodOption period = new PeriodOption();

  @ArgGroup(multiplicity = "1")
  private About about = new About();

  @Option(names = "--format", paramLabel = "FORM", description = "table, json or csv.")
  private RecordForm form = RecordForm.TABLE;

  private final Map<String, ObjectNode> running = new LinkedHashMap<>();
  private Set<String> files = new HashSet<>();
  private Instant since = Instant.MIN;
  private Instant until = Instant.MAX;
  private final Set<String> outstanding = new HashSet<>();
  private long given;
  private long refused;

  /** What the report is about. */
  static final class About {
    @Option(names = "--file", paramLabel = "ID", description = "One file.")
    private @Nullable String file;

    @Option(
        names = "--claim",
        paramLabel = "NAME=VALUE",
        description =
            "All files whose access rule names this claim with this value, such as patient=p-17.")
    private @Nullable String claim;
  }

  @Override
  public Integer call() throws IOException {
    since = period.since();
    until = period.until();
    KeyveilSettings settings = config.read();
    files = wanted(settings);
    PrintWriter out = spec.commandLine().getOut();
    Path folder = settings.audit().folder();
    boolean sound = begin(out, settings.audit());
    AuditReader.read(folder, this::isWanted, record -> take(out, record));
    running.values().forEach(intent -> print(out, intent, Optional.empty()));
    others(out, folder);
    end(out);
    out.flush();
    return sound ? 0 : Failures.FAILED;
  }

  private Set<String> wanted(KeyveilSettings settings) {
    if (about.file != null) {
      return Set.of(FilesCommand.id(spec, about.file).text());
    }
    String[] claim = String.valueOf(about.claim).split("=", 2);
    if (claim.length != 2 || claim[0].isEmpty() || claim[1].isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "--claim: no claim with a value (expected: such as patient=p-17)");
    }
    Set<String> found = new HashSet<>();
    try (Workshop workshop = Workshop.open(settings)) {
      Optional<FileId> last = Optional.empty();
      List<FileRecord> page;
      do {
        page = workshop.registry().list(last, PAGE).await();
        page.stream()
            .filter(file -> file.access().match(new NamesClaim(claim[0], claim[1])))
            .forEach(file -> found.add(file.id().text()));
        last = page.isEmpty() ? last : Optional.of(page.get(page.size() - 1).id());
      } while (page.size() == PAGE);
    }
    return found;
  }

  /** A report out of a log that does not hold would be worth nothing, so that is said first. */
  private boolean begin(PrintWriter out, AuditSettings settings) throws IOException {
    if (!Files.isDirectory(settings.folder())) {
      throw new CommandFailedException(
          "audit.folder: " + settings.folder() + " is no folder (expected: an audit log)");
    }
    AuditVerifier.Expected expected =
        new AuditVerifier.Expected(
            settings.signingKey().map(SigningKey::open).stream().toList(), Optional.empty());
    String verdict =
        AuditVerifier.verify(settings.folder(), expected)
            .match(
                sound ->
                    "sound, records "
                        + sound.first()
                        + " to "
                        + sound.last()
                        + ", head "
                        + sound.head(),
                broken -> "BROKEN at " + broken.file() + ":" + broken.line() + ": " + broken.why());
    if (form == RecordForm.TABLE) {
      out.println("Accounting of disclosures, " + period.text());
      out.println("about: " + (about.file != null ? "file " + about.file : "claim " + about.claim));
      out.println("files: " + files.size() + " (by the access rules of today)");
      out.println("log:   " + verdict);
      out.println();
      out.printf(ROW, "TIME", "FILE", "GIVEN TO", "AT", "BY", "OUTCOME", "BYTES", "EVENT");
    } else {
      form.begin(out);
    }
    return verdict.startsWith("sound");
  }

  private boolean isWanted(ObjectNode record) {
    return switch (record.path("kind").asText()) {
      case "intent" ->
          files.contains(record.path("file").asText()) && PeriodOption.holds(record, since, until);
      case "completion" ->
          running.containsKey(record.path("event").asText())
              || (files.contains(record.path("file").asText()) && began(record));
      default -> false;
    };
  }

  /** Whether an end whose beginning is not here, since it was archived, began in the period. */
  private boolean began(ObjectNode end) {
    Instant began = Instant.parse(end.path("time").asText()).minusMillis(end.path("ms").asLong());
    return end.has("ms") && !began.isBefore(since) && began.isBefore(until);
  }

  private void take(PrintWriter out, ObjectNode record) {
    String event = record.path("event").asText();
    if (record.path("kind").asText().equals("completion")) {
      ObjectNode intent = running.remove(event);
      print(out, intent == null ? record : intent, Optional.of(record));
    } else if (!record.path("decision").asText().equals("allowed")) {
      refused++;
    } else if (!record.path("delivery").asText().equals("none")) {
      ObjectNode unused = running.put(event, record);
    }
  }

  private void print(PrintWriter out, ObjectNode intent, Optional<ObjectNode> end) {
    given++;
    if (RecordForm.field(intent, "delivery").equals("redirect")) {
      boolean unused = outstanding.add(RecordForm.field(intent, "event"));
    }
    String outcome = end.map(known -> known.path("outcome").asText()).orElse("no end on record");
    if (form != RecordForm.TABLE) {
      ObjectNode whole = intent.deepCopy();
      whole.put("outcome", outcome);
      end.filter(known -> known.has("sent"))
          .ifPresent(known -> whole.put("sent", known.path("sent").longValue()));
      form.print(out, whole);
      return;
    }
    String link = RecordForm.field(intent, "link");
    out.printf(
        ROW,
        RecordForm.field(intent, "time"),
        RecordForm.field(intent, "file"),
        RecordForm.plain(
            link.isEmpty() ? RecordForm.field(intent, "actor.subject") : "link " + link),
        RecordForm.field(intent, "client"),
        RecordForm.field(intent, "delivery"),
        outcome,
        end.map(known -> RecordForm.field(known, "sent")).orElse(""),
        RecordForm.field(intent, "event"));
  }

  /** What operators did to the files, and what S3's logs say of the redirects. */
  private void others(PrintWriter out, Path folder) throws IOException {
    for (String chain : List.of(OperatorLog.FOLDER, AuditReconcileCommand.FOLDER)) {
      Path its = folder.resolve(chain);
      if (Files.isDirectory(its)) {
        AuditReader.read(
            its, record -> true, record -> outstanding.remove(record.path("event").asText()));
        AuditReader.read(
            its,
            record ->
                files.contains(record.path("file").asText())
                    && PeriodOption.holds(record, since, until),
            record -> other(out, chain, record));
      }
    }
  }

  private void other(PrintWriter out, String chain, ObjectNode record) {
    if (form != RecordForm.TABLE) {
      form.print(out, record);
      return;
    }
    out.printf(
        ROW,
        RecordForm.field(record, "time"),
        RecordForm.field(record, "file"),
        RecordForm.plain(RecordForm.field(record, "actor.subject")),
        RecordForm.field(record, "client"),
        chain.equals(OperatorLog.FOLDER) ? "operator" : "S3 log",
        RecordForm.what(record),
        RecordForm.field(record, "sent"),
        RecordForm.field(record, "event"));
  }

  private void end(PrintWriter out) {
    if (form == RecordForm.TABLE) {
      out.println();
      out.println("given: " + given + ", refused: " + refused);
      out.println("redirects of which S3's logs have said nothing yet: " + outstanding.size());
    } else if (form == RecordForm.JSON) {
      out.println(
          JsonNodeFactory.instance
              .objectNode()
              .put("given", given)
              .put("refused", refused)
              .put("outstanding", outstanding.size()));
    }
  }
}
