package io.keyveil.app;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.access.AccessRules;
import io.keyveil.file.FieldProblem;
import io.keyveil.file.Reading;
import io.keyveil.file.Registration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * What the command line says of a new file. It becomes the JSON of a registration, so that the API
 * and the command line refuse the same things in the same words.
 */
final class FileOptions {
  private static final String RULES =
      "subject=NAME, claim:NAME=VALUE, contains:NAME=VALUE, scope=NAME, role=NAME, issuer=NAME"
          + " or anyone-authenticated";

  @Option(names = "--name", description = "The file name that people see.")
  private @Nullable String name;

  @Option(names = "--type", description = "The media type, such as application/pdf.")
  private @Nullable String type;

  @Option(
      names = "--allow",
      paramLabel = "RULE",
      description = {"Who may have it; may be repeated, any one is enough:", RULES + "."})
  private List<String> allow = new ArrayList<>();

  @Option(names = "--delivery", description = "auto, stream or redirect.")
  private @Nullable String delivery;

  @Option(names = "--disposition", description = "attachment or inline.")
  private @Nullable String disposition;

  @Option(
      names = "--harmless-name",
      description = "The name may stand in S3's access log, so that redirects may carry it.")
  private boolean harmlessName;

  @Option(
      names = "--expires-at",
      paramLabel = "TIME",
      description = "When it ends, such as 2027-01-31T00:00:00Z.")
  private @Nullable String expiresAt;

  Optional<String> name() {
    return Optional.ofNullable(name);
  }

  /** The registration as JSON, without a location. */
  ObjectNode json(Optional<String> defaultName, Optional<String> defaultType) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    name().or(() -> defaultName).ifPresent(text -> json.put("name", text));
    Optional.ofNullable(type).or(() -> defaultType).ifPresent(text -> json.put("type", text));
    put(json, "delivery", delivery);
    put(json, "disposition", disposition);
    put(json, "expiresAt", expiresAt);
    json.put("harmlessName", harmlessName);
    if (!allow.isEmpty()) {
      json.set("access", AccessRules.write(AccessRules.parseAllow(allow)));
    }
    return json;
  }

  private static void put(ObjectNode json, String field, @Nullable String text) {
    if (text != null) {
      json.put(field, text);
    }
  }

  /** The wish, or a failure that names every option that is wrong. */
  static Registration require(Reading<Registration> reading) {
    return reading.match(
        wish -> wish,
        problems -> {
          throw new InvalidOptionsException(problems.stream().map(FileOptions::line).toList());
        });
  }

  /** What the options ask for is well-formed but cannot be done. */
  static CommandFailedException refusal(List<FieldProblem> problems) {
    return new CommandFailedException(
        String.join("; ", problems.stream().map(FileOptions::line).toList()));
  }

  /** The option in place of the field. */
  private static String line(FieldProblem problem) {
    if (problem.field().equals("access") && problem.found().equals("missing")) {
      return "--allow: missing (expected: " + RULES + ")";
    }
    String field = problem.field().equals("access") ? "allow" : problem.field();
    String option = field.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    return new FieldProblem("--" + option, problem.found(), problem.expected()).line();
  }
}
