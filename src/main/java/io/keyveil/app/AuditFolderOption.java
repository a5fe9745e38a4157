package io.keyveil.app;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where the audit log lies: said outright, or by the configuration. */
final class AuditFolderOption {
  @Option(names = "--folder", paramLabel = "DIR", description = "The audit folder.")
  private @Nullable Path folder;

  @Mixin private ConfigOption config = new ConfigOption();

  Path folder() {
    return folder != null
        ? existing("--folder", folder)
        : existing("audit.folder", config.read().audit().folder());
  }

  ConfigOption config() {
    return config;
  }

  private static Path existing(String setting, Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new CommandFailedException(
          setting + ": " + folder + " is no folder (expected: a folder with an audit log)");
    }
    return folder;
  }
}
