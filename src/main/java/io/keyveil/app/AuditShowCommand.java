package io.keyveil.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.audit.AuditReader;
import io.keyveil.file.FileId;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code keyveil audit show}. */
@Command(
    name = "show",
    description = "Print records, oldest first.",
    mixinStandardHelpOptions = true)
final class AuditShowCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private AuditFolderOption folder = new AuditFolderOption();
  @Mixin private PeriodOption period = new PeriodOption();

  @Option(names = "--file", paramLabel = "ID", description = "Only what concerns this file.")
  private @Nullable String file;

  @Option(names = "--subject", description = "Only what this subject did.")
  private @Nullable String subject;

  @Option(names = "--link", paramLabel = "ID", description = "Only what concerns this link.")
  private @Nullable String link;

  @Option(
      names = "--outcome",
      paramLabel = "WORD",
      description = "Only records with this decision, reason, action or outcome.")
  private @Nullable String outcome;

  @Option(
      names = "--format",
      paramLabel = "FORM",
      description = "json (one object a line), table or csv.")
  private RecordForm form = RecordForm.JSON;

  @Option(
      names = "--follow",
      description = "Go on with what is written from now on, until stopped.")
  private boolean follow;

  @Override
  public Integer call() throws IOException {
    if (file != null) {
      FileId unused = FilesCommand.id(spec, file);
    }
    PrintWriter out = spec.commandLine().getOut();
    Filter filter = new Filter(period.since(), period.until());
    form.begin(out);
    if (follow) {
      AuditReader.follow(
          folder.folder(),
          filter,
          record -> {
            form.print(out, record);
            out.flush();
          },
          () -> !out.checkError());
    } else {
      AuditReader.read(folder.folder(), filter, record -> form.print(out, record));
    }
    out.flush();
    return 0;
  }

  /** What is wanted; the end of a download is wanted if its beginning was. */
  private final class Filter implements Predicate<ObjectNode> {
    private final Set<String> running = new LinkedHashSet<>();
    private final Instant since;
    private final Instant until;

    Filter(Instant since, Instant until) {
      this.since = since;
      this.until = until;
    }

    @Override
    public boolean test(ObjectNode record) {
      boolean about = isAbout(record);
      if (about && record.path("kind").asText().equals("intent")) {
        boolean unused = running.add(record.path("event").asText());
      }
      return about && PeriodOption.holds(record, since, until) && hasOutcome(record);
    }

    private boolean isAbout(ObjectNode record) {
      boolean end = record.path("kind").asText().equals("completion") && isNarrow();
      // What nginx carried, and what was written by older versions, is known by its beginning
      // alone.
      return (end && running.remove(record.path("event").asText())) || names(record);
    }

    private boolean names(ObjectNode record) {
      return holds(file, RecordForm.field(record, "file"))
          && holds(subject, RecordForm.field(record, "actor.subject"))
          && holds(link, RecordForm.field(record, "link"));
    }

    private boolean isNarrow() {
      return file != null || subject != null || link != null;
    }

    private boolean hasOutcome(ObjectNode record) {
      return outcome == null
          || outcome.equals(RecordForm.field(record, "decision"))
          || outcome.equals(RecordForm.field(record, "reason"))
          || outcome.equals(RecordForm.field(record, "action"))
          || outcome.equals(RecordForm.field(record, "outcome"));
    }

    private static boolean holds(@Nullable String wanted, String found) {
      return wanted == null || wanted.equals(found);
    }
  }
}
