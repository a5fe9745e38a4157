package io.keyveil.audit;

import java.util.Locale;
import java.util.function.Function;

/** What a verification of the audit log found. */
public sealed interface Verdict {
  <R> R match(Function<Sound, R> sound, Function<Broken, R> broken);

  /**
   * Every record follows from the one before.
   *
   * <p>A chain proves what lies between its ends, not the ends themselves: cut off records at the
   * end, or a change to the very last one, show only against a checkpoint that was kept elsewhere.
   *
   * @param files how many files were read
   * @param records how many records they hold
   * @param first the number of the first record; 0 if there is none
   * @param last the number of the last record
   * @param head the hex SHA-256 of the last record's line
   * @param tornTails 1 if the log ends in a piece of a line, as a crash leaves it; no record of
   *     which anybody was told that it was written is lost by that
   * @param checkpoints how many checkpoints there are
   * @param covered the number of the last record that one of them speaks of; 0 if there is none
   * @param begin why the log may begin where it does
   * @param origin the name of the log, as the last checkpoint says it; empty if there is none
   */
  record Sound(
      int files,
      long records,
      long first,
      long last,
      String head,
      int tornTails,
      long checkpoints,
      long covered,
      Begin begin,
      String origin)
      implements Verdict {
    @Override
    public <R> R match(Function<Sound, R> sound, Function<Broken, R> broken) {
      return sound.apply(this);
    }

    /**
     * One line, as the other verifier prints it.
     *
     * @param signed whether signatures were looked at
     */
    public String text(boolean signed) {
      return "sound"
          + begin.extent
          + ": "
          + records
          + " records"
          + (begin == Begin.WHOLE ? "" : " from " + first + " on" + begin.reason)
          + " in "
          + files
          + " files, "
          + checkpoints
          + (signed ? " signed checkpoints" : " checkpoints (no key to check them with)")
          + (origin.isEmpty() ? "" : " of " + origin)
          + ", the last over record "
          + covered
          + ", torn tails "
          + tornTails
          + ", head "
          + head;
    }
  }

  /** Why a log may begin where it does. */
  enum Begin {
    /** It begins with record 1. */
    WHOLE("", ""),
    /** A record in it says that all before the first was archived. */
    ARCHIVED("", " (earlier ones were archived)"),
    /** A checkpoint that was kept elsewhere knows the record before the first. */
    CHECKPOINTED("", " (the checkpoint knows the one before)"),
    /** Nothing is known of what came before, and that was asked for. */
    PARTIAL(" in part", " (nothing is known of earlier ones)");

    private final String extent;
    private final String reason;

    Begin(String extent, String reason) {
      this.extent = extent;
      this.reason = reason;
    }

    /** The word in JSON. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The chain does not hold.
   *
   * @param file the name of the file
   * @param line the number of the line, from 1; 0 if it is the end that is missing
   * @param why what is wrong with it
   */
  record Broken(String file, long line, String why) implements Verdict {
    @Override
    public <R> R match(Function<Sound, R> sound, Function<Broken, R> broken) {
      return broken.apply(this);
    }

    /** One line, as the other verifier prints it. */
    public String text() {
      return "broken: " + file + ":" + line + ": " + why;
    }
  }
}
