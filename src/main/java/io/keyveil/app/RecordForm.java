package io.keyveil.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** How records are printed. */
enum RecordForm {
  /** Each as the line that it is. */
  JSON {
    @Override
    void begin(PrintWriter out) {
      // A line says all of itself.
    }

    @Override
    void print(PrintWriter out, ObjectNode record) {
      out.println(record);
    }
  },
  /** One row each, cut to what a terminal holds. */
  TABLE {
    @Override
    void begin(PrintWriter out) {
      out.printf(
          Locale.ROOT, ROW, "TIME", "KIND", "SUBJECT", "FILE", "WHAT", "STATUS", "BYTES", "CLIENT");
    }

    @Override
    void print(PrintWriter out, ObjectNode record) {
      out.printf(
          Locale.ROOT,
          ROW,
          field(record, "time"),
          field(record, "kind"),
          cut(plain(field(record, "actor.subject"))),
          field(record, "file"),
          what(record),
          field(record, "status"),
          field(record, "sent"),
          field(record, "client"));
    }
  },
  /** RFC 4180, with every field that a spreadsheet could take for a formula defused. */
  CSV {
    @Override
    void begin(PrintWriter out) {
      out.print(String.join(",", COLUMNS) + "\r\n");
    }

    @Override
    void print(PrintWriter out, ObjectNode record) {
      out.print(
          COLUMNS.stream()
                  .map(column -> quoted(field(record, column)))
                  .collect(Collectors.joining(","))
              + "\r\n");
    }
  };

  private static final String ROW = "%-24.24s  %-10s  %-20s  %-22s  %-32s  %6s  %12s  %s%n";

  private static final List<String> COLUMNS =
      List.of(
          "seq",
          "time",
          "kind",
          "instance",
          "event",
          "request",
          "actor.issuer",
          "actor.subject",
          "actor.client",
          "actor.token",
          "file",
          "revision",
          "link",
          "client",
          "method",
          "delivery",
          "decision",
          "reason",
          "action",
          "outcome",
          "status",
          "sent",
          "range",
          "ms",
          "count");

  private static final int WIDE = 20;

  abstract void begin(PrintWriter out);

  abstract void print(PrintWriter out, ObjectNode record);

  static String field(ObjectNode record, String path) {
    JsonNode node = record;
    for (String name : path.split("\\.", -1)) {
      node = node.path(name);
    }
    return node.asText("");
  }

  /** Decision and reason, action, or how it ended. */
  static String what(ObjectNode record) {
    return List.of("decision", "action", "outcome", "reason").stream()
        .map(name -> field(record, name))
        .filter(word -> !word.isEmpty())
        .collect(Collectors.joining(" "));
  }

  /** A terminal obeys control characters, and a subject comes from somebody's token. */
  static String plain(String text) {
    return text.replaceAll("\\p{C}", "?");
  }

  static String quoted(String text) {
    boolean formula = !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0;
    return "\"" + (formula ? "'" : "") + text.replace("\"", "\"\"") + "\"";
  }

  private static String cut(String text) {
    return text.length() > WIDE ? text.substring(0, WIDE - 1) + "~" : text;
  }
}
