package io.keyveil.app;

import io.keyveil.config.ConfigReader;
import io.keyveil.config.KeyveilSettings;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** The configuration that a command works on. */
final class ConfigOption {
  private static final Logger LOG = LoggerFactory.getLogger(ConfigOption.class);

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "The YAML configuration; without it, the defaults and the environment (KEYVEIL_...).")
  private @Nullable Path file;

  KeyveilSettings read() {
    Map<String, String> environment = System.getenv();
    KeyveilSettings settings =
        file == null ? ConfigReader.read(environment) : ConfigReader.read(file, environment);
    ConfigReader.warnings(settings, environment).forEach(ConfigOption::warn);
    return settings;
  }

  private static void warn(String warning) {
    LOG.atWarn().addKeyValue("warning", warning).log("configuration");
  }
}
