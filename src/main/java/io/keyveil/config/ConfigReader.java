package io.keyveil.config;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Reads the settings: a YAML file, above it the environment, below it the defaults.
 *
 * <p>The variable of a setting is {@code KEYVEIL_} and its path in upper snake case. A list of
 * plain values is written {@code a,b} or {@code [a, b]}; the sections of a list have their number
 * in the path, from 0 on: {@code KEYVEIL_TOKENS_ISSUERS_0_ISSUER}.
 */
public final class ConfigReader {
  private static final int LARGEST_FILE = 1024 * 1024;

  /** Read by the logging's own configuration, before there are any settings. */
  private static final String LOG_LEVEL = "KEYVEIL_LOG_LEVEL";

  private ConfigReader() {}

  /**
   * The settings of a file and the environment, checked against the profile.
   *
   * @throws InvalidConfigException if anything is wrong with them; it has all that is
   */
  public static KeyveilSettings read(Path file, Map<String, String> environment) {
    return checked(parse(file, environment));
  }

  /**
   * The settings of the environment alone, checked against the profile.
   *
   * @throws InvalidConfigException if anything is wrong with them; it has all that is
   */
  public static KeyveilSettings read(Map<String, String> environment) {
    return checked(parse(environment));
  }

  /** The settings of a file and the environment, whatever the profile says of them. */
  static KeyveilSettings parse(Path file, Map<String, String> environment) {
    Problems problems = new Problems();
    ObjectNode written = YamlTree.parse(text(file), file.toString(), problems);
    return map(written, environment, problems);
  }

  static KeyveilSettings parse(Map<String, String> environment) {
    return map(JsonNodeFactory.instance.objectNode(), environment, new Problems());
  }

  /**
   * What an operator should hear of at start, one line each, though it is no error. Variables of
   * unknown name are here because Kubernetes makes some for a service called {@code keyveil}.
   */
  public static List<String> warnings(KeyveilSettings settings, Map<String, String> environment) {
    List<String> warnings = new ArrayList<>();
    Set<String> known = settings().stream().map(Environment::variable).collect(Collectors.toSet());
    for (String variable : new TreeSet<>(environment.keySet())) {
      if (variable.startsWith(Environment.PREFIX)
          && !variable.equals(LOG_LEVEL)
          && !known.contains(variable.replaceFirst("_\\d+_", "_0_"))) {
        warnings.add(variable + ": no setting has this variable");
      }
    }
    if (settings.s3().buckets().isEmpty() && settings.s3().opaqueBucket().isEmpty()) {
      warnings.add("s3.buckets: none, and no s3.opaqueBucket: no file can be registered");
    }
    return warnings;
  }

  /** The path of every setting; in lists of sections, that of the first. */
  static List<String> settings() {
    Environment environment =
        new Environment(Map.of(Environment.variable("tokens.issuers.0.issuer"), "any"));
    ObjectNode nothing = JsonNodeFactory.instance.objectNode();
    // Only the names it asks for matter, not what comes of them.
    KeyveilSettings unused =
        SettingsMapping.read(Section.root(nothing, environment, new Problems()));
    return environment.settings();
  }

  private static KeyveilSettings map(
      ObjectNode written, Map<String, String> environment, Problems problems) {
    KeyveilSettings settings =
        SettingsMapping.read(Section.root(written, new Environment(environment), problems));
    problems.refuse();
    return settings;
  }

  private static KeyveilSettings checked(KeyveilSettings settings) {
    Problems problems = new Problems();
    ProfileRules.check(settings, problems);
    problems.refuse();
    return settings;
  }

  private static String text(Path file) {
    try (InputStream stream = Files.newInputStream(file)) {
      byte[] bytes = stream.readNBytes(LARGEST_FILE + 1);
      if (bytes.length > LARGEST_FILE) {
        throw unusable(file, "too large (expected: at most 1MiB)");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (NoSuchFileException e) {
      throw unusable(file, "no such file (expected: the settings as YAML)");
    } catch (CharacterCodingException e) {
      throw unusable(file, "no text (expected: UTF-8)");
    } catch (IOException e) {
      throw unusable(file, "cannot be read (expected: the settings as YAML)");
    }
  }

  private static InvalidConfigException unusable(Path file, String why) {
    return new InvalidConfigException(List.of(file + ": " + why));
  }
}
