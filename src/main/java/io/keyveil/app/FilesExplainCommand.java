package io.keyveil.app;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.access.AccessRules;
import io.keyveil.access.JwtVerifier;
import io.keyveil.access.RuleFinding;
import io.keyveil.access.Subject;
import io.keyveil.access.Token;
import io.keyveil.block.BlockList;
import io.keyveil.config.KeyveilSettings;
import io.keyveil.file.FileId;
import io.keyveil.file.FileRecord;
import io.keyveil.file.FileState;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code keyveil files explain}: what the gateway would say to a token that asks for a file, and
 * why; clients only ever learn that there is nothing for them.
 */
@Command(
    name = "explain",
    description = {
      "Say what a token that asks for a file is answered, and which check or part of the rule",
      "decides; exit code 0 if it may have the file, 1 if not."
    },
    mixinStandardHelpOptions = true)
final class FilesExplainCommand implements Callable<Integer> {
  private static final String ROW = "%-10s %-6s %s%n";

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ConfigOption config = new ConfigOption();

  @Parameters(
      paramLabel = "ID",
      description = "The file's ID; after -- if it begins with -h or -V.")
  private String id = "";

  @Option(
      names = "--token",
      required = true,
      paramLabel = "TOKEN",
      description = "The token as the client sends it, or - to read it from standard input.")
  private String token = "";

  @Option(names = "--json", description = "One JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    FileId wanted = FilesCommand.id(spec, id);
    KeyveilSettings settings = config.read();
    try (Workshop workshop = Workshop.open(settings)) {
      Explanation explanation = explain(workshop, settings, wanted);
      print(explanation);
      return explanation.status == 200 ? 0 : Failures.FAILED;
    }
  }

  private Explanation explain(Workshop workshop, KeyveilSettings settings, FileId wanted) {
    JwtVerifier verifier = workshop.tokens();
    try {
      return verifier
          .verify(Token.of(token.equals("-") ? standardInput() : token))
          .await()
          .match(
              subject -> explain(workshop, settings, subject, wanted),
              reason -> {
                Explanation explanation = new Explanation();
                explanation.check("token", false, reason.word(), 401);
                return explanation;
              });
    } finally {
      verifier.close().await();
    }
  }

  private static Explanation explain(
      Workshop workshop, KeyveilSettings settings, Subject subject, FileId wanted) {
    Explanation explanation = new Explanation();
    Instant now = Instant.now();
    String scope = settings.delivery().readScope();
    BlockList blocks = new BlockList(workshop.blocks().list().await());
    Optional<FileRecord> file = workshop.registry().show(wanted).await();
    explanation.check("token", true, subject.name() + " of " + subject.issuer(), 200);
    explanation.check("unblocked", !blocks.blocks(subject, now), "subject, client, token", 401);
    explanation.check("switched on", !blocks.blocksEverything(now), "downloads", 503);
    explanation.check(
        "scope", scope.isEmpty() || subject.hasScope(scope), scope.isEmpty() ? "none" : scope, 403);
    explanation.check("file", file.isPresent(), "registered", 404);
    file.ifPresent(
        known -> {
          RuleFinding finding = RuleFinding.of(known.access(), subject, now);
          explanation.rule = Optional.of(finding);
          String rule = AccessRules.write(known.access()).toString();
          explanation.check("rule", finding.holds(), rule, 404);
          explanation.check("unblocked", !blocks.blocks(wanted, now), "file", 404);
          explanation.check("state", known.state() != FileState.REVOKED, known.state().word(), 404);
          explanation.check("expiry", !known.expired(now), end(known), 404);
        });
    return explanation;
  }

  private static String end(FileRecord file) {
    return file.expiresAt().map(Instant::toString).orElse("never");
  }

  private static String standardInput() {
    try {
      return new String(System.in.readNBytes(1 << 20), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void print(Explanation explanation) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(explanation.json());
    } else {
      for (Check check : explanation.checks) {
        out.printf(Locale.ROOT, ROW, check.name, word(check.holds), check.what);
        if (check.name.equals("rule")) {
          explanation.rule.ifPresent(finding -> print(out, finding, 1));
        }
      }
      out.printf(
          Locale.ROOT,
          ROW,
          "answer",
          explanation.status == 200 ? "file" : Integer.toString(explanation.status),
          explanation.status == 200 ? "(or a part of it, or a redirect)" : "");
    }
    out.flush();
  }

  private static void print(PrintWriter out, RuleFinding finding, int depth) {
    String indented = "  ".repeat(depth) + finding.rule();
    out.printf(Locale.ROOT, ROW, "", word(finding.holds()), indented);
    finding.parts().forEach(part -> print(out, part, depth + 1));
  }

  private static String word(boolean holds) {
    return holds ? "holds" : "FAILS";
  }

  /** One check of the gateway's, in the order in which it makes them. */
  private record Check(String name, boolean holds, String what) {}

  /** The checks so far, and what the first that failed is answered with. */
  private static final class Explanation {
    private final List<Check> checks = new ArrayList<>();
    private Optional<RuleFinding> rule = Optional.empty();
    private int status = 200;

    void check(String name, boolean holds, String what, int otherwise) {
      checks.add(new Check(name, holds, what));
      if (!holds && status == 200) {
        status = otherwise;
      }
    }

    ObjectNode json() {
      ObjectNode json = JsonNodeFactory.instance.objectNode().put("status", status);
      for (Check check : checks) {
        json.withArray("checks")
            .addObject()
            .put("check", check.name)
            .put("holds", check.holds)
            .put("what", check.what);
      }
      rule.ifPresent(finding -> json.set("rule", json(finding)));
      return json;
    }

    private static ObjectNode json(RuleFinding finding) {
      ObjectNode json =
          JsonNodeFactory.instance
              .objectNode()
              .put("rule", finding.rule())
              .put("holds", finding.holds());
      finding.parts().forEach(part -> json.withArray("parts").add(json(part)));
      return json;
    }
  }
}
