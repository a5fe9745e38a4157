package io.keyveil.file;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is wrong with one field of a request. It describes the value and never repeats it, because a
 * value may be a bucket, a key or a name.
 *
 * @param field the field, with the path to it
 * @param found what kind of value was found
 * @param expected what would have been accepted
 */
public record FieldProblem(String field, String found, String expected) {
  private static final Pattern LINE = Pattern.compile("([^:]+): (.*) \\(expected: (.*)\\)");

  /** The problem as one line for a person. */
  public String line() {
    return field + ": " + found + " (expected: " + expected + ")";
  }

  /** Takes a line apart again, as the readers of other features word theirs. */
  static FieldProblem ofLine(String field, String line, String expected) {
    Matcher parts = LINE.matcher(line);
    return parts.matches()
        ? new FieldProblem(parts.group(1), parts.group(2), parts.group(3))
        : new FieldProblem(field, line, expected);
  }
}
