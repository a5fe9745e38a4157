package io.keyveil.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.file.DeliveryPolicy;
import io.keyveil.file.FileRecord;
import io.keyveil.file.Registration;
import io.keyveil.file.RegistrationResult;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code keyveil files register}: registers an object that is already in S3. */
@Command(
    name = "register",
    description = "Register an object that is already in S3, and print the file's ID.",
    mixinStandardHelpOptions = true)
final class FilesRegisterCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ConfigOption config = new ConfigOption();
  @Mixin private FileOptions options = new FileOptions();

  @Option(names = "--bucket", required = true, description = "A bucket of s3.buckets.")
  private String bucket = "";

  @Option(names = "--key", required = true, description = "The object's key.")
  private String key = "";

  @Option(names = "--version-id", description = "The object's version, if not the current one.")
  private @Nullable String version;

  @Override
  public Integer call() {
    ObjectNode json = options.json(Optional.empty(), Optional.empty());
    json.put("bucket", bucket).put("key", key).put("versionId", version);
    try (Workshop workshop = Workshop.open(config.read())) {
      FileRecord file =
          register(workshop, FileOptions.require(workshop.registrations().read(json)))
              .match(
                  registered -> registered,
                  known -> known,
                  problems -> {
                    throw FileOptions.refusal(problems);
                  });
      FilesRegisterCommand.tell(spec, file);
      return 0;
    }
  }

  private static RegistrationResult register(Workshop workshop, Registration wish) {
    return workshop
        .log()
        .around(
            OperatorLog.Act.of("register"),
            () -> workshop.registry().register(wish),
            RegistrationResult::registered)
        .await();
  }

  /** The ID alone on standard output; what the veil overruled on standard error. */
  static void tell(CommandSpec spec, FileRecord file) {
    spec.commandLine().getOut().println(file.id());
    spec.commandLine().getOut().flush();
    boolean overruled = !file.opaque() && file.delivery() == DeliveryPolicy.REDIRECT;
    if (overruled) {
      spec.commandLine()
          .getErr()
          .println("keyveil: note: the key is not opaque, so the file is always streamed");
      spec.commandLine().getErr().flush();
    }
  }
}
