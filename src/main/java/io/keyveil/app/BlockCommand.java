package io.keyveil.app;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.audit.AuditRecord.Target;
import io.keyveil.block.Block;
import io.keyveil.block.BlockId;
import io.keyveil.block.BlockJson;
import io.keyveil.block.BlockReader;
import io.keyveil.block.BlockTarget;
import io.keyveil.block.BlockWish;
import io.keyveil.file.FieldProblem;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code keyveil block}: switches something off on every instance, within a second. */
@Command(
    name = "block",
    description = {
      "Switch off a subject, a token, an issuer, a client, a file, a link, or everything.",
      "Running gateways know within a second, and cut what runs; it prints the block's ID."
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "[list | lift]",
    subcommands = {BlockCommand.ListAll.class, BlockCommand.Lift.class})
final class BlockCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ConfigOption config = new ConfigOption();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "KIND",
      description = "everything, issuer, subject, client, token, file or link.")
  private @Nullable String kind;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "VALUE",
      description = {
        "Which one: iss, sub, client_id or azp, jti (or the token's SHA-256 in the audit log),",
        "or the ID of a file or link; after -- if it begins with a hyphen."
      })
  private @Nullable String value;

  @Option(
      names = "--issuer",
      description = "Whose subject, client or token it is; without it, any issuer's.")
  private @Nullable String issuer;

  @Option(names = "--reason", description = "Why, for those who list the blocks.")
  private @Nullable String reason;

  @Option(
      names = "--expires",
      paramLabel = "TIME",
      converter = Lifetime.class,
      description = "When it ends by itself, such as 30m or 12h; without it, when it is lifted.")
  private @Nullable Duration expires;

  @Override
  public Integer call() {
    if (kind == null) {
      throw new ParameterException(
          spec.commandLine(), "KIND: missing (expected: what to block, or list, or lift)");
    }
    BlockWish wish =
        new BlockReader(InstantSource.system())
            .read(json())
            .match(
                valid -> valid,
                problems -> {
                  throw new InvalidOptionsException(
                      problems.stream().map(BlockCommand::line).toList());
                });
    try (Workshop workshop = Workshop.open(config.read())) {
      Block block =
          workshop
              .log()
              .around(
                  new OperatorLog.Act("block", Optional.empty(), Optional.of(target(wish))),
                  () -> workshop.blocks().add(wish),
                  added -> Optional.empty())
              .await()
              .orElseThrow(
                  () -> new CommandFailedException("too many blocks (expected: lift some first)"));
      spec.commandLine().getOut().println(block.id());
      spec.commandLine().getOut().flush();
      return 0;
    }
  }

  private static Target target(BlockWish wish) {
    BlockTarget target = wish.target();
    return new Target(Optional.empty(), target.kind().word(), target.value(), target.issuer());
  }

  private ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("kind", kind);
    put(json, "value", value);
    put(json, "issuer", issuer);
    put(json, "reason", reason);
    if (expires != null) {
      json.put("expiresAt", Instant.now().plus(expires).toString());
    }
    return json;
  }

  private static void put(ObjectNode json, String field, @Nullable String text) {
    if (text != null) {
      json.put(field, text);
    }
  }

  /** The parameter or option in place of the field. */
  private static String line(FieldProblem problem) {
    String name =
        switch (problem.field()) {
          case "kind", "value" -> problem.field().toUpperCase(Locale.ROOT);
          default -> "--" + problem.field();
        };
    return new FieldProblem(name, problem.found(), problem.expected()).line();
  }

  /** {@code keyveil block list}. */
  @Command(
      name = "list",
      description = "List what is blocked, oldest first.",
      mixinStandardHelpOptions = true)
  static final class ListAll implements Callable<Integer> {
    private static final String ROW = "%-22s  %-10s  %-20s  %s%n";

    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private ConfigOption config = new ConfigOption();

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    @Override
    public Integer call() {
      PrintWriter out = spec.commandLine().getOut();
      try (Workshop workshop = Workshop.open(config.read())) {
        List<Block> blocks = workshop.blocks().list().await();
        if (!json) {
          out.printf(Locale.ROOT, ROW, "ID", "KIND", "UNTIL", "VALUE");
        }
        blocks.forEach(block -> print(out, block));
      }
      out.flush();
      return 0;
    }

    private void print(PrintWriter out, Block block) {
      if (json) {
        out.println(BlockJson.write(block));
        return;
      }
      String whose = block.target().issuer().map(issuer -> " of " + issuer).orElse("");
      String why = block.reason().isEmpty() ? "" : " (" + block.reason() + ")";
      String until =
          block.expiresAt().map(end -> end.toString().replaceAll("\\.\\d+", "")).orElse("lifted");
      out.printf(
          Locale.ROOT,
          ROW,
          block.id(),
          block.target().kind().word(),
          until,
          block.target().value() + whose + why);
    }
  }

  /** {@code keyveil block lift}. */
  @Command(
      name = "lift",
      description = "Lift a block; running gateways know within a second.",
      mixinStandardHelpOptions = true)
  static final class Lift implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private ConfigOption config = new ConfigOption();

    @Parameters(
        paramLabel = "ID",
        description = "The block's ID; after -- if it begins with -h or -V.")
    private String id = "";

    @Override
    public Integer call() {
      BlockId wanted =
          BlockId.parse(id)
              .orElseThrow(
                  () ->
                      new ParameterException(
                          spec.commandLine(),
                          "ID: not a block's ID (expected: 22 of A-Z a-z 0-9 - _)"));
      try (Workshop workshop = Workshop.open(config.read())) {
        if (!lift(workshop, wanted)) {
          throw new CommandFailedException("no such block");
        }
        return 0;
      }
    }

    private static boolean lift(Workshop workshop, BlockId block) {
      Target target =
          new Target(Optional.of(block.text()), "block", block.text(), Optional.empty());
      return workshop
          .log()
          .around(
              new OperatorLog.Act("unblock", Optional.empty(), Optional.of(target)),
              () -> workshop.blocks().lift(block),
              lifted -> Optional.empty())
          .await();
    }
  }
}
