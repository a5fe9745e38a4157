package io.keyveil.app;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code keyveil audit}: checks and reads the audit log. */
@Command(
    name = "audit",
    description = "Check and read the audit log.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      AuditVerifyCommand.class,
      AuditShowCommand.class,
      AuditReportCommand.class,
      AuditReconcileCommand.class
    })
final class AuditCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "no command (expected: verify, show, report or reconcile)");
  }
}
