package io.keyveil.app;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.audit.AuditVerifier;
import io.keyveil.audit.CheckpointKey;
import io.keyveil.audit.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code keyveil audit verify}. */
@Command(
    name = "verify",
    description = "Check that no record was changed, dropped or moved.",
    mixinStandardHelpOptions = true)
final class AuditVerifyCommand implements Callable<Integer> {
  /** The chains of others, in folders below the gateway's. */
  private static final List<String> BESIDE =
      List.of(OperatorLog.FOLDER, AuditReconcileCommand.FOLDER);

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private AuditFolderOption folder = new AuditFolderOption();

  @Option(
      names = "--public-key",
      paramLabel = "PEM",
      description =
          "The key that every checkpoint has to be signed with (openssl pkey -pubout); again for each"
              + " further one.")
  private List<Path> keys = List.of();

  @Option(
      names = "--checkpoint",
      paramLabel = "FILE",
      description = "A checkpoint that was kept elsewhere, to see whether the end was cut off.")
  private @Nullable Path checkpoint;

  @Option(
      names = "--partial",
      description =
          "Accept a log whose beginning is not at hand, such as a few files out of an archive; the"
              + " verdict says so.")
  private boolean partial;

  @Option(names = "--json", description = "One JSON object.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    Path main = folder.folder();
    Verdict verdict = AuditVerifier.verify(main, expected());
    PrintWriter out = spec.commandLine().getOut();
    ObjectNode object = verdict.match(this::object, this::object);
    String line = verdict.match(this::line, Verdict.Broken::text);
    boolean sound = verdict.match(holds -> true, broken -> false);
    List<String> others = new ArrayList<>();
    for (String name : BESIDE) {
      if (Files.isDirectory(main.resolve(name))) {
        Verdict its = beside(main.resolve(name));
        sound &= its.<Boolean>match(holds -> true, broken -> false);
        object.set(name, its.<ObjectNode>match(this::object, this::object));
        others.add(name + ": " + its.<String>match(this::line, Verdict.Broken::text));
      }
    }
    out.println(json ? object.toString() : line);
    others.stream().filter(other -> !json).forEach(out::println);
    out.flush();
    return sound ? 0 : Failures.FAILED;
  }

  private AuditVerifier.Expected expected() throws IOException {
    try {
      List<CheckpointKey> known = keys.stream().map(AuditVerifyCommand::key).toList();
      Optional<String> note =
          checkpoint == null ? Optional.empty() : Optional.of(Files.readString(checkpoint));
      AuditVerifier.Expected expected = new AuditVerifier.Expected(known, note, partial);
      expected.check();
      return expected;
    } catch (IllegalArgumentException e) {
      throw new CommandFailedException("--checkpoint: " + e.getMessage());
    }
  }

  private static CheckpointKey key(Path file) {
    try {
      return CheckpointKey.parse(Files.readString(file));
    } catch (IOException | IllegalArgumentException e) {
      throw new CommandFailedException(
          "--public-key: "
              + file
              + " holds no Ed25519 public key (expected: PEM of openssl pkey -pubout)");
    }
  }

  /** A checkpoint that was kept elsewhere is one of the log itself. */
  private Verdict beside(Path chain) throws IOException {
    List<CheckpointKey> known = keys.stream().map(AuditVerifyCommand::key).toList();
    return AuditVerifier.verify(
        chain, new AuditVerifier.Expected(known, Optional.empty(), partial));
  }

  private String line(Verdict.Sound sound) {
    return sound.text(!keys.isEmpty());
  }

  private ObjectNode object(Verdict.Sound sound) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("verdict", "sound")
        .put("files", sound.files())
        .put("begin", sound.begin().word())
        .put("records", sound.records())
        .put("first", sound.first())
        .put("last", sound.last())
        .put("head", sound.head())
        .put("checkpoints", sound.checkpoints())
        .put("covered", sound.covered())
        .put("origin", sound.origin())
        .put("signed", !keys.isEmpty())
        .put("tornTails", sound.tornTails());
  }

  private ObjectNode object(Verdict.Broken broken) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("verdict", "broken")
        .put("file", broken.file())
        .put("line", broken.line())
        .put("why", broken.why());
  }
}
