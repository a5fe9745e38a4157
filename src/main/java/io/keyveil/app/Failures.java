package io.keyveil.app;

import io.keyveil.access.InvalidRuleException;
import io.keyveil.config.InvalidConfigException;
import io.keyveil.http.InvalidTlsException;
import io.keyveil.page.InvalidPagesException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Tells failures on standard error, one line for each thing that is wrong, and picks the exit code:
 * 1 for what failed, 2 for what was asked wrongly. No stack trace reaches a user.
 */
final class Failures {
  static final int FAILED = 1;
  static final int USAGE = 2;

  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

  private static final Pattern OPTION = Pattern.compile("--[a-z][a-z-]{0,30}");

  /** Picocli's own words, which repeat the value. */
  private static final Pattern NO_NUMBER =
      Pattern.compile("(?s)Invalid value for option '(--[a-z-]+)'.*: '.*' is not an? (?:int|long)");

  private Failures() {}

  /** Arguments that do not parse. */
  static int usage(ParameterException failure, String[] args) {
    CommandLine command = failure.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("keyveil: " + oneLine(line(failure)));
    err.println("Try: " + command.getCommandSpec().qualifiedName() + " --help");
    err.flush();
    return USAGE;
  }

  /** Whatever a command throws. */
  static int execution(Exception failure, CommandLine command, ParseResult arguments) {
    PrintWriter err = command.getErr();
    List<String> asked = wronglyAsked(failure);
    List<String> lines = asked.isEmpty() ? List.of(message(failure)) : asked;
    lines.forEach(line -> err.println("keyveil: " + line));
    err.flush();
    return asked.isEmpty() ? FAILED : USAGE;
  }

  /** What is wrong with the settings or arguments; empty if something else failed. */
  private static List<String> wronglyAsked(Exception failure) {
    if (failure instanceof InvalidConfigException config) {
      return config.problems();
    }
    if (failure instanceof InvalidOptionsException options) {
      return options.problems();
    }
    return failure instanceof InvalidTlsException
            || failure instanceof InvalidPagesException
            || failure instanceof InvalidRuleException
        ? List.of(message(failure))
        : List.of();
  }

  /** Only an option's name is repeated: the rest may be an object key in the wrong place. */
  private static String line(ParameterException failure) {
    if (!(failure instanceof UnmatchedArgumentException unmatched)) {
      String message = String.valueOf(failure.getMessage());
      Matcher number = NO_NUMBER.matcher(message);
      return number.matches()
          ? number.group(1) + ": another value (expected: a whole number)"
          : message;
    }
    String first = unmatched.getUnmatched().get(0).replaceFirst("(?s)=.*", "");
    Set<String> commands = failure.getCommandLine().getSubcommands().keySet();
    if (OPTION.matcher(first).matches()) {
      return first + ": no such option";
    }
    return commands.isEmpty()
        ? "an argument too many (expected: those below)"
        : "unknown command (expected: " + String.join(", ", commands) + ")";
  }

  private static String message(Throwable failure) {
    if (failure.getMessage() == null || failure instanceof NullPointerException) {
      LOG.atError().setCause(failure).log("internal error");
      return "internal error: " + failure.getClass().getSimpleName();
    }
    return oneLine(failure.getMessage());
  }

  private static String oneLine(String text) {
    return text.lines().map(String::strip).reduce((a, b) -> a + " " + b).orElse("");
  }
}
