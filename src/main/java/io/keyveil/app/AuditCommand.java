package io.keyveil.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.audit.AuditReader;
import io.keyveil.audit.AuditVerifier;
import io.keyveil.audit.Verdict;
import io.keyveil.file.FileId;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code keyveil audit}: checks and reads the audit log. */
@Command(
    name = "audit",
    description = "Check and read the audit log.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {AuditCommand.Verify.class, AuditCommand.Show.class})
final class AuditCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "no command (expected: verify or show)");
  }

  /** Where the log lies: said outright, or by the configuration. */
  static final class FolderOption {
    @Option(names = "--folder", paramLabel = "DIR", description = "The audit folder.")
    private @Nullable Path folder;

    @Mixin private ConfigOption config = new ConfigOption();

    Path folder() {
      return folder != null
          ? existing("--folder", folder)
          : existing("audit.folder", config.read().audit().folder());
    }

    private static Path existing(String setting, Path folder) {
      if (!Files.isDirectory(folder)) {
        throw new CommandFailedException(
            setting + ": " + folder + " is no folder (expected: a folder with an audit log)");
      }
      return folder;
    }
  }

  /** {@code keyveil audit verify}. */
  @Command(
      name = "verify",
      description = "Check that no record was changed, dropped or moved.",
      mixinStandardHelpOptions = true)
  static final class Verify implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private FolderOption folder = new FolderOption();

    @Override
    public Integer call() throws IOException {
      PrintWriter out = spec.commandLine().getOut();
      Verdict verdict = AuditVerifier.verify(folder.folder());
      int code =
          verdict.match(
              sound -> {
                out.println(
                    "sound: "
                        + sound.records()
                        + " records in "
                        + sound.files()
                        + " files, torn tails "
                        + sound.tornTails()
                        + ", head "
                        + sound.head());
                return 0;
              },
              broken -> {
                out.println("broken: " + broken.file() + ":" + broken.line() + ": " + broken.why());
                return Failures.FAILED;
              });
      out.flush();
      return code;
    }
  }

  /** {@code keyveil audit show}. */
  @Command(
      name = "show",
      description = "Print records, one JSON object a line.",
      mixinStandardHelpOptions = true)
  static final class Show implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private FolderOption folder = new FolderOption();

    @Option(names = "--file", paramLabel = "ID", description = "Only what concerns this file.")
    private @Nullable String file;

    @Option(names = "--subject", description = "Only what this subject did.")
    private @Nullable String subject;

    @Override
    public Integer call() throws IOException {
      if (file != null) {
        FileId unused = FilesCommand.id(spec, file);
      }
      PrintWriter out = spec.commandLine().getOut();
      AuditReader.read(folder.folder(), this::wanted, found -> out.println(found.toString()));
      out.flush();
      return 0;
    }

    private boolean wanted(ObjectNode found) {
      return holds(file, found.path("file").textValue())
          && holds(subject, found.path("actor").path("subject").textValue());
    }

    private static boolean holds(@Nullable String wanted, @Nullable String found) {
      return wanted == null || Optional.ofNullable(found).map(wanted::equals).orElse(false);
    }
  }
}
