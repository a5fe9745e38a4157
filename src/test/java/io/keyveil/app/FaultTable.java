package io.keyveil.app;

import io.keyveil.app.FaultModel.End;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** How many downloads ended how, for each thing that S3 did to them. */
final class FaultTable {
  private final Map<String, Row> rows = new LinkedHashMap<>();

  /** One line of it. */
  private static final class Row {
    private final Map<Integer, Integer> refused = new TreeMap<>();
    private int cells;
    private int whole;
    private int again;
    private int broken;
    private int wrong;

    private void count(Optional<End> end, int questions) {
      cells++;
      if (end.isEmpty()) {
        wrong++;
      } else if (end.get() == End.WHOLE) {
        whole++;
        again += questions > 1 ? 1 : 0;
      } else if (end.get() == End.BROKEN) {
        broken++;
      } else {
        var unused = refused.merge(end.get().status(), 1, Integer::sum);
      }
    }

    private void add(Row row) {
      cells += row.cells;
      whole += row.whole;
      again += row.again;
      broken += row.broken;
      wrong += row.wrong;
      for (Map.Entry<Integer, Integer> some : row.refused.entrySet()) {
        var unused = refused.merge(some.getKey(), some.getValue(), Integer::sum);
      }
    }

    private String line(String name) {
      return FaultTable.line(
          name,
          cells,
          whole,
          again,
          refused.isEmpty() ? "-" : refused.toString().replaceAll("[{}]", ""),
          broken,
          wrong);
    }
  }

  /** Adds a line, if it is not there yet. */
  synchronized void add(String name) {
    var unused = rows.putIfAbsent(name, new Row());
  }

  /**
   * Counts one download.
   *
   * @param end how it ended; empty if neither right nor visibly broken
   * @param questions how often S3 was asked for it
   */
  synchronized void count(String name, Optional<End> end, int questions) {
    Optional.ofNullable(rows.get(name)).orElseThrow().count(end, questions);
  }

  /** All of it, and the sum. */
  synchronized String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        line("what S3 did", "cells", "whole", "of these", "refused with", "broken", "wrong"));
    text.append(line("", "", "", "mended", "status=cells", "visibly", ""));
    Row sum = new Row();
    rows.forEach(
        (name, row) -> {
          text.append(row.line(name));
          sum.add(row);
        });
    return text.append(sum.line("all")).toString();
  }

  private static String line(String name, Object... cells) {
    return String.format(Locale.ROOT, "%-42s %6s %6s %9s  %-20s %8s %6s%n", join(name, cells));
  }

  private static Object[] join(String name, Object... cells) {
    Object[] all = new Object[cells.length + 1];
    all[0] = name;
    System.arraycopy(cells, 0, all, 1, cells.length);
    return all;
  }
}
