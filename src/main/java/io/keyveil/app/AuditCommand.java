package io.keyveil.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.audit.AuditReader;
import io.keyveil.file.FileId;
import java.io.IOException;
import java.io.PrintWriter;
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
    subcommands = {AuditVerifyCommand.class, AuditCommand.Show.class})
final class AuditCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "no command (expected: verify or show)");
  }

  /** {@code keyveil audit show}. */
  @Command(
      name = "show",
      description = "Print records, one JSON object a line.",
      mixinStandardHelpOptions = true)
  static final class Show implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private AuditFolderOption folder = new AuditFolderOption();

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
