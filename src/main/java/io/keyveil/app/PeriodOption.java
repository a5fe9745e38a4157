package io.keyveil.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** From when to when records are wanted. */
final class PeriodOption {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Not before: 2026-03-01, or 2026-03-01T10:00:00Z.")
  private @Nullable String since;

  @Option(names = "--until", paramLabel = "TIME", description = "Before; in the same forms.")
  private @Nullable String until;

  Instant since() {
    return since == null ? Instant.MIN : time("--since", since);
  }

  Instant until() {
    return until == null ? Instant.MAX : time("--until", until);
  }

  /** As it was given, for people. */
  String text() {
    return (since == null ? "the beginning" : since) + " to " + (until == null ? "now" : until);
  }

  static boolean holds(ObjectNode record, Instant since, Instant until) {
    try {
      Instant time = Instant.parse(record.path("time").asText());
      return !time.isBefore(since) && time.isBefore(until);
    } catch (DateTimeParseException e) {
      return false;
    }
  }

  private Instant time(String option, String text) {
    try {
      return text.length() == 10
          ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
          : Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new ParameterException(
          spec.commandLine(),
          option + ": no time (expected: such as 2026-03-01 or 2026-03-01T10:00:00Z)",
          e);
    }
  }
}
