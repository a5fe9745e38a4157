package io.keyveil.link;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which bytes of a file have been given, as runs that neither touch nor overlap. There are at most
 * {@value #MOST} runs; beyond that the smallest gap counts as given, so that a download of very
 * many pieces is counted rather too early than never.
 */
public final class Coverage {
  /** No byte at all. */
  public static final Coverage NONE = new Coverage(new TreeMap<>());

  private static final int MOST = 64;

  /** The offsets of last bytes by those of first bytes. */
  private final NavigableMap<Long, Long> runs;

  private Coverage(NavigableMap<Long, Long> runs) {
    this.runs = runs;
  }

  /** With the bytes from the first offset to the last, both included, given as well. */
  public Coverage with(long first, long last) {
    if (last < first) {
      return this;
    }
    NavigableMap<Long, Long> next = new TreeMap<>();
    long from = first;
    long to = last;
    for (Map.Entry<Long, Long> run : runs.entrySet()) {
      if (run.getValue() + 1 < from || run.getKey() > to + 1) {
        next.put(run.getKey(), run.getValue());
      } else {
        from = Math.min(from, run.getKey());
        to = Math.max(to, run.getValue());
      }
    }
    next.put(from, to);
    return new Coverage(next.size() > MOST ? withoutSmallestGap(next) : next);
  }

  /** Whether every byte of a file of this size was given. */
  public boolean isWhole(long size) {
    return runs.getOrDefault(0L, -1L) >= size - 1;
  }

  /** The runs as text, such as {@code 0-99,200-299}. */
  public String text() {
    return runs.entrySet().stream()
        .map(run -> run.getKey() + "-" + run.getValue())
        .collect(Collectors.joining(","));
  }

  /** Reads what {@link #text} wrote. */
  public static Coverage parse(String text) {
    Coverage coverage = NONE;
    for (String run : text.isEmpty() ? new String[0] : text.split(",", -1)) {
      String[] ends = run.split("-", 2);
      coverage = coverage.with(Long.parseLong(ends[0]), Long.parseLong(ends[1]));
    }
    return coverage;
  }

  private static NavigableMap<Long, Long> withoutSmallestGap(NavigableMap<Long, Long> runs) {
    List<Map.Entry<Long, Long>> list = new ArrayList<>(runs.entrySet());
    int smallest = 1;
    for (int i = 1; i < list.size(); i++) {
      if (gap(list, i) < gap(list, smallest)) {
        smallest = i;
      }
    }
    NavigableMap<Long, Long> next = new TreeMap<>(runs);
    var unused = next.remove(list.get(smallest).getKey());
    next.put(list.get(smallest - 1).getKey(), list.get(smallest).getValue());
    return next;
  }

  private static long gap(List<Map.Entry<Long, Long>> runs, int before) {
    return runs.get(before).getKey() - runs.get(before - 1).getValue();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Coverage coverage && coverage.runs.equals(runs);
  }

  @Override
  public int hashCode() {
    return runs.hashCode();
  }

  @Override
  public String toString() {
    return "Coverage[" + text() + "]";
  }
}
