package io.keyveil.app;

import java.util.Locale;

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

  static Finding well(String check) {
    return new Finding(check, Severity.OK, "", "");
  }

  static Finding well(String check, String found) {
    return new Finding(check, Severity.OK, found, "");
  }

  static Finding unsupported(String check) {
    return new Finding(check, Severity.NOT_SUPPORTED, "this S3 server does not tell", "");
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

  /** One line, or two where something helps. */
  String text() {
    String line = "%-13s  %s".formatted(severity.word(), check);
    return line
        + (found.isEmpty() ? "" : ": " + found)
        + (remedy.isEmpty() ? "" : "%n%15s-> %s".formatted("", remedy));
  }
}
