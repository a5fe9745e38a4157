package io.keyveil.app;

import io.keyveil.config.KeyveilSettings;
import io.keyveil.store.Database;
import io.vertx.core.Vertx;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code keyveil store}: care of the store. */
@Command(
    name = "store",
    description = "Care of the store.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = StoreCommand.Migrate.class)
final class StoreCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "no command (expected: migrate)");
  }

  /** {@code keyveil store migrate}. */
  @Command(
      name = "migrate",
      description = "Create the store, or bring it to this version's form.",
      mixinStandardHelpOptions = true)
  static final class Migrate implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private ConfigOption config = new ConfigOption();

    @Override
    public Integer call() {
      KeyveilSettings settings = config.read();
      Vertx vertx = Vertx.vertx();
      try {
        Database database = Database.open(vertx, settings.store());
        int applied = database.migrate();
        database.close();
        spec.commandLine().getOut().println(applied + " migrations applied");
        spec.commandLine().getOut().flush();
        return 0;
      } finally {
        vertx.close().await();
      }
    }
  }
}
