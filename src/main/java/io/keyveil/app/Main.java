package io.keyveil.app;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program's entry: the commands, and how their failures are told. */
@Command(
    name = "keyveil",
    description = "A download gateway that never shows an object key.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND")
public final class Main implements Runnable {
  private static final List<Class<?>> COMMANDS =
      List.of(
          ServeCommand.class,
          DemoCommand.class,
          TokenCommand.class,
          FilesCommand.class,
          LinksCommand.class,
          BlockCommand.class,
          AuditCommand.class,
          StoreCommand.class,
          DoctorCommand.class);

  @Spec private CommandSpec spec = CommandSpec.create();

  public static void main(String[] args) {
    // Said before Netty's first class is loaded: its adaptive allocator held far more for each slow
    // client than was under way to it (RATIONALE.md).
    System.setProperty("io.netty.allocator.type", "pooled");
    // Flight Recorder's events for buffers are of use to nobody here, and are built at each start.
    System.setProperty("io.netty.jfr.enabled", "false");
    // Vert.x puts each private key into a key store that never leaves memory; ten thousand rounds
    // of encryption for it, on a JVM that has not compiled them yet, were a quarter of the start.
    System.setProperty("keystore.pkcs12.keyPbeIterationCount", "1");
    int code = commandLine(args).execute(args);
    // The commands that serve return only when they could not begin.
    System.exit(code);
  }

  /**
   * The commands that these arguments can mean. To read all forty of them takes a tenth of the
   * start of the one that is asked for.
   */
  static CommandLine commandLine(String... args) {
    CommandLine keyveil = new CommandLine(new Main());
    List<Class<?>> meant = COMMANDS.stream().filter(type -> isFirst(args, type)).toList();
    (meant.isEmpty() ? COMMANDS : meant).forEach(keyveil::addSubcommand);
    keyveil
        .setUsageHelpAutoWidth(true)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setPosixClusteredShortOptionsAllowed(false)
        .setParameterExceptionHandler(Failures::usage)
        .setExecutionExceptionHandler(Failures::execution);
    keyveil.getSubcommands().values().stream()
        .flatMap(group -> group.getSubcommands().values().stream())
        .filter(Main::takesIds)
        .forEach(command -> command.setUnmatchedOptionsArePositionalParams(true));
    return keyveil;
  }

  private static boolean isFirst(String[] args, Class<?> command) {
    return args.length > 0 && args[0].equals(command.getAnnotation(Command.class).name());
  }

  /** One random ID in 64 begins with a hyphen, and has to be as good as the others. */
  private static boolean takesIds(CommandLine command) {
    return command.getCommand() instanceof FilesCommand.Show
        || command.getCommand() instanceof FilesCommand.Revoke
        || command.getCommand() instanceof FilesExplainCommand
        || command.getCommand() instanceof BlockCommand.Lift
        || command.getCommand() instanceof LinksCommand.Create
        || command.getCommand() instanceof LinksCommand.Show
        || command.getCommand() instanceof LinksCommand.Revoke;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "no command (expected: one of those below)");
  }
}
