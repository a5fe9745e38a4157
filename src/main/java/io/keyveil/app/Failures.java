package io.keyveil.app;

import io.keyveil.config.InvalidConfigException;
import java.io.PrintWriter;
import java.net.BindException;
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

  private Failures() {}

  /** Arguments that do not parse. */
  static int usage(ParameterException failure, String[] args) {
    CommandLine command = failure.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("keyveil: " + oneLine(usage(failure)));
    err.println("Try: " + command.getCommandSpec().qualifiedName() + " --help");
    err.flush();
    return USAGE;
  }

  /** Only an option's name is repeated: the rest may be an object key in the wrong place. */
  private static String usage(ParameterException failure) {
    if (!(failure instanceof UnmatchedArgumentException unmatched)) {
      return String.valueOf(failure.getMessage());
    }
    String first = unmatched.getUnmatched().get(0).replaceFirst("(?s)=.*", "");
    return OPTION.matcher(first).matches()
        ? first + ": no such option"
        : "an argument too many (expected: those below)";
  }

  /** Whatever a command throws. */
  static int execution(Exception failure, CommandLine command, ParseResult arguments) {
    PrintWriter err = command.getErr();
    if (failure instanceof InvalidConfigException config) {
      config.problems().forEach(line -> err.println("keyveil: " + line));
      err.flush();
      return USAGE;
    }
    err.println("keyveil: " + message(failure));
    err.flush();
    return FAILED;
  }

  private static String message(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindException) {
        return "listen: the port is in use, or the address is not this machine's";
      }
    }
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
