package io.keyveil.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Guesses which name was meant, by the number of letters that would have to change. */
final class Spelling {
  private static final int MOST_CHANGES = 2;

  private Spelling() {}

  /** The name at most two insertions, deletions or replacements away; the nearest if several. */
  static Optional<String> nearest(String written, Collection<String> names) {
    return names.stream()
        .filter(name -> Math.abs(name.length() - written.length()) <= MOST_CHANGES)
        .filter(name -> distance(written, name) <= MOST_CHANGES)
        .min(Comparator.comparingInt(name -> distance(written, name)));
  }

  /** Levenshtein's distance, a row of his table at a time. */
  private static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int column = 0; column < row.length; column++) {
      row[column] = column;
    }
    for (int letter = 0; letter < from.length(); letter++) {
      advance(row, letter, from.charAt(letter), to);
    }
    return row[to.length()];
  }

  private static void advance(int[] row, int letter, char written, String to) {
    int diagonal = row[0];
    row[0] = letter + 1;
    for (int column = 1; column < row.length; column++) {
      int replaced = diagonal + (written == to.charAt(column - 1) ? 0 : 1);
      diagonal = row[column];
      row[column] = Math.min(replaced, 1 + Math.min(row[column], row[column - 1]));
    }
  }
}
