package io.keyveil.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.config.KeyveilSettings;
import io.keyveil.file.FileRecord;
import io.keyveil.file.ObjectKey;
import io.keyveil.file.Registration;
import java.io.IOException;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code keyveil files add}: uploads a local file under an opaque key and registers it. */
@Command(
    name = "add",
    description = "Upload a local file under a random key, register it, and print the file's ID.",
    mixinStandardHelpOptions = true)
final class FilesAddCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ConfigOption config = new ConfigOption();
  @Mixin private FileOptions options = new FileOptions();

  @Parameters(paramLabel = "PATH", description = "The file to upload.")
  private Path path = Path.of("");

  @Override
  public Integer call() throws IOException {
    if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
      throw new CommandFailedException("PATH: " + path + " (expected: a readable file)");
    }
    KeyveilSettings settings = config.read();
    String bucket =
        settings
            .s3()
            .opaqueBucket()
            .orElseThrow(
                () ->
                    new CommandFailedException(
                        "s3.opaqueBucket: missing (expected: the bucket that uploads go to)"));
    String fileName = String.valueOf(path.getFileName());
    ObjectNode json =
        options.json(
            Optional.of(fileName),
            Optional.ofNullable(URLConnection.guessContentTypeFromName(fileName)));
    try (Workshop workshop = Workshop.open(settings)) {
      // Everything that can be refused is refused before the first byte is sent.
      ObjectKey nowhere = new ObjectKey(bucket, "0", Optional.empty());
      Registration wish = FileOptions.require(workshop.registrations().readUpload(json, nowhere));
      Progress progress = progress();
      FileRecord file =
          workshop
              .log()
              .blocking(
                  OperatorLog.Act.of("add"),
                  () -> added(workshop, path, wish, progress),
                  Optional::of);
      progress.done();
      FilesRegisterCommand.tell(spec, file);
      return 0;
    }
  }

  private static FileRecord added(
      Workshop workshop, Path path, Registration wish, Progress progress) throws IOException {
    return new OpaqueFiles(workshop.registry(), workshop.s3().control(), workshop.uploads())
        .add(path, wish, progress::at);
  }

  private Progress progress() throws IOException {
    return Progress.on(spec.commandLine().getErr(), "uploading", Files.size(path));
  }
}
