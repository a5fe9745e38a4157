package io.keyveil.app;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the doctor found, and what helps.
 *
 * @param check what was looked at
 * @param found what was found, in one line; nothing where all is well
 * @param remedy what to do about it; nothing where nothing is to be done
 */
record Finding(String check, Severity severity, String found, String remedy) {
  /** How bad it is, the least first. */
  enum Severity {
    OK,
    /** The other side cannot be asked, which is no pass. */
    NOT_SUPPORTED,
    NOTE,
    WARNING,
    FAILURE;

    /** The word for reports. */
    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  private static final String BY_HAND = "look at it with what the server itself has for that";

  static Finding well(String check) {
    return new Finding(check, Severity.OK, "", "");
  }

  static Finding well(String check, String found) {
    return new Finding(check, Severity.OK, found, "");
  }

  static Finding unsupported(String check) {
    return new Finding(check, Severity.NOT_SUPPORTED, "this S3 server does not tell", BY_HAND);
  }

  static Finding note(String check, String found, String remedy) {
    return new Finding(check, Severity.NOTE, found, remedy);
  }

  static Finding warning(String check, String found, String remedy) {
    return new Finding(check, Severity.WARNING, found, remedy);
  }

  static Finding failure(String check, String found, String remedy) {
    return new Finding(check, Severity.FAILURE, found, remedy);
  }

  /** The same for people: what a server does not tell, one after the other, is one finding. */
  static List<Finding> told(List<Finding> findings) {
    List<Finding> told = new ArrayList<>();
    for (Finding finding : findings) {
      int last = told.size() - 1;
      if (last >= 0 && finding.isLike(told.get(last))) {
        told.set(last, told.get(last).with(finding.check));
      } else {
        told.add(finding);
      }
    }
    return told;
  }

  private boolean isLike(Finding other) {
    return severity == Severity.NOT_SUPPORTED
        && other.severity == Severity.NOT_SUPPORTED
        && subject().equals(other.subject());
  }

  private Finding with(String another) {
    String rest = another.substring(another.lastIndexOf(' ') + 1);
    return new Finding(check + ", " + rest, severity, found, remedy);
  }

  /** What it is about, such as {@code bucket 1}, without the last word of the first check. */
  private String subject() {
    String first = check.replaceFirst(",.*", "");
    return first.substring(0, Math.max(0, first.lastIndexOf(' ')));
  }

  /** How many there are of each severity, the worst first. */
  static String counted(List<Finding> findings) {
    return Stream.of(Severity.values())
        .sorted(Comparator.reverseOrder())
        .map(
            severity ->
                findings.stream().filter(finding -> finding.severity == severity).count()
                    + " "
                    + severity.word())
        .filter(count -> !count.startsWith("0 "))
        .collect(Collectors.joining(", "));
  }

  /** One line, or two where something helps. */
  String text() {
    String line = "%-13s  %s".formatted(severity.word(), check);
    return line
        + (found.isEmpty() ? "" : ": " + found)
        + (remedy.isEmpty() ? "" : "%n%15s-> %s".formatted("", remedy));
  }
}
