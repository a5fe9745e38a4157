package io.keyveil.app;

import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine;

/** A progress bar on a terminal, and nothing at all elsewhere. */
final class Progress {
  private static final int WIDTH = 30;

  private final PrintWriter out;
  private final String what;
  private final long total;
  private final boolean shown;
  private int lastPercent = -1;

  private Progress(PrintWriter out, String what, long total, boolean shown) {
    this.out = out;
    this.what = what;
    this.total = total;
    this.shown = shown;
  }

  /**
   * A bar that goes to a total.
   *
   * @param total in the unit that {@link #at} counts
   */
  static Progress on(PrintWriter out, String what, long total) {
    // Picocli knows which JDKs have a console even where there is no terminal.
    return new Progress(out, what, total, CommandLine.Help.Ansi.AUTO.enabled());
  }

  void at(long count) {
    int percent = total == 0 ? 100 : (int) (100 * Math.min(count, total) / total);
    if (!shown || percent == lastPercent) {
      return;
    }
    lastPercent = percent;
    int filled = percent * WIDTH / 100;
    out.printf(
        Locale.ROOT,
        "\r%s [%s%s] %3d%%",
        what,
        "#".repeat(filled),
        " ".repeat(WIDTH - filled),
        percent);
    out.flush();
  }

  void done() {
    if (shown) {
      out.println();
      out.flush();
    }
  }
}
