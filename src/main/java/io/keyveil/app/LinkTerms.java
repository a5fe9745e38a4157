package io.keyveil.app;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.file.FieldProblem;
import io.keyveil.file.Reading;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what new links may do. */
final class LinkTerms {
  @Option(
      names = "--expires",
      paramLabel = "TIME",
      description = "How long they live, such as 10m, 2h or 7d; without it, links.life.")
  private @Nullable String expires;

  @Option(
      names = "--max-downloads",
      paramLabel = "N",
      description = "How many downloads each is good for; without it, any number.")
  private @Nullable Integer maxDownloads;

  @Option(
      names = "--landing",
      description = "Open a page whose button starts the download, for links sent by mail or chat.")
  private boolean landing;

  @Option(
      names = "--on-behalf-of",
      paramLabel = "SUBJECT",
      description = "Whom the audit log names for their downloads.")
  private @Nullable String onBehalfOf;

  @Option(names = "--label", paramLabel = "TEXT", description = "What you call them.")
  private @Nullable String label;

  /** As the API takes them. */
  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("landing", landing);
    put(json, "expiresIn", expires);
    put(json, "onBehalfOf", onBehalfOf);
    put(json, "label", label);
    if (maxDownloads != null) {
      json.put("maxDownloads", maxDownloads);
    }
    return json;
  }

  /** The wish, or word of the options that are wrong. */
  static <T> T valid(Reading<T> reading) {
    return reading.match(
        wish -> wish,
        problems -> {
          throw new InvalidOptionsException(problems.stream().map(LinkTerms::line).toList());
        });
  }

  /** The argument or option in place of the field. */
  private static String line(FieldProblem problem) {
    String name =
        switch (problem.field()) {
          case "expiresIn" -> "--expires";
          case "maxDownloads" -> "--max-downloads";
          case "onBehalfOf" -> "--on-behalf-of";
          case "siblings" -> "--sibling";
          case "file", "files" -> "FILE-ID";
          default -> "--" + problem.field();
        };
    return new FieldProblem(name, problem.found(), problem.expected()).line();
  }

  private static void put(ObjectNode json, String field, @Nullable String text) {
    if (text != null) {
      json.put(field, text);
    }
  }

  /** The lines of what was refused because of the files. */
  static CommandFailedException refused(List<FieldProblem> problems) {
    return new CommandFailedException(
        problems.size() == 1
            ? "FILE-ID: no such file, or one that is no longer given out"
            : problems.size() + " of the files are not there, or no longer given out");
  }
}
