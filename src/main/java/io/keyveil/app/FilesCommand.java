package io.keyveil.app;

import io.keyveil.file.ChangeResult;
import io.keyveil.file.FileId;
import io.keyveil.file.FileJson;
import io.keyveil.file.FileRecord;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code keyveil files}: works on the store directly, beside gateways that run. */
@Command(
    name = "files",
    description = "Register, add, import, list, show, explain and revoke files.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      FilesRegisterCommand.class,
      FilesAddCommand.class,
      FilesImportCommand.class,
      FilesCommand.ListAll.class,
      FilesCommand.Show.class,
      FilesExplainCommand.class,
      FilesCommand.Revoke.class
    })
final class FilesCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "no command (expected: one of register, add, import, list, show, explain, revoke)");
  }

  static FileId id(CommandSpec spec, String text) {
    return FileId.parse(text)
        .orElseThrow(
            () ->
                new ParameterException(
                    spec.commandLine(), "ID: not a file ID (expected: 22 of A-Z a-z 0-9 - _)"));
  }

  /** {@code keyveil files list}. */
  @Command(
      name = "list",
      description = "List all files, oldest first.",
      mixinStandardHelpOptions = true)
  static final class ListAll implements Callable<Integer> {
    private static final int PAGE = 500;
    private static final String ROW = "%-22s  %-8s  %-8s  %12s  %s%n";

    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private ConfigOption config = new ConfigOption();

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    @Override
    public Integer call() {
      PrintWriter out = spec.commandLine().getOut();
      if (!json) {
        out.printf(Locale.ROOT, ROW, "ID", "STATE", "DELIVERY", "BYTES", "NAME");
      }
      try (Workshop workshop = Workshop.open(config.read())) {
        Optional<FileId> last = Optional.empty();
        List<FileRecord> page;
        do {
          page = workshop.registry().list(last, PAGE).await();
          page.forEach(file -> print(out, file));
          last = page.isEmpty() ? last : Optional.of(page.get(page.size() - 1).id());
        } while (page.size() == PAGE && !out.checkError());
      }
      out.flush();
      return 0;
    }

    private void print(PrintWriter out, FileRecord file) {
      if (json) {
        out.println(FileJson.write(file));
      } else {
        out.printf(
            Locale.ROOT,
            ROW,
            file.id(),
            file.state().word(),
            file.delivery().word(),
            file.size(),
            file.name());
      }
    }
  }

  /** {@code keyveil files show}. */
  @Command(name = "show", description = "Show a file as JSON.", mixinStandardHelpOptions = true)
  static final class Show implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private ConfigOption config = new ConfigOption();

    @Parameters(
        paramLabel = "ID",
        description = "The file's ID; after -- if it begins with -h or -V.")
    private String id = "";

    @Override
    public Integer call() {
      FileId wanted = id(spec, id);
      try (Workshop workshop = Workshop.open(config.read())) {
        FileRecord file =
            workshop.registry().show(wanted).await().orElseThrow(FilesCommand::unknown);
        spec.commandLine().getOut().println(FileJson.write(file).toPrettyString());
        spec.commandLine().getOut().flush();
        return 0;
      }
    }
  }

  /** {@code keyveil files revoke}. */
  @Command(
      name = "revoke",
      description = "Revoke files for good; running gateways know within a second.",
      mixinStandardHelpOptions = true)
  static final class Revoke implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private ConfigOption config = new ConfigOption();

    @Parameters(
        arity = "1..*",
        paramLabel = "ID",
        description = "The files' IDs; after -- if one begins with -h or -V.")
    private List<String> ids = List.of();

    @Override
    public Integer call() {
      List<FileId> wanted = ids.stream().map(text -> id(spec, text)).toList();
      PrintWriter err = spec.commandLine().getErr();
      try (Workshop workshop = Workshop.open(config.read())) {
        long revoked = wanted.stream().filter(file -> revoke(workshop, file, err)).count();
        err.flush();
        return revoked == wanted.size() ? 0 : Failures.FAILED;
      }
    }

    private static boolean revoke(Workshop workshop, FileId file, PrintWriter err) {
      ChangeResult result =
          workshop
              .log()
              .around(
                  OperatorLog.Act.on("revoke", file),
                  () -> workshop.registry().revoke(file, Optional.empty()),
                  ChangeResult::changed)
              .await();
      boolean done = result.match(changed -> true, lost -> false, false);
      if (!done) {
        err.println("keyveil: " + file + ": no such file");
      }
      return done;
    }
  }

  static CommandFailedException unknown() {
    return new CommandFailedException("no such file");
  }
}
