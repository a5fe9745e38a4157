package io.keyveil.audit;

import java.util.function.Function;

/** What a verification of the audit log found. */
public sealed interface Verdict {
  <R> R match(Function<Sound, R> sound, Function<Broken, R> broken);

  /**
   * Every record follows from the one before.
   *
   * <p>A chain proves what lies between its ends, not the ends themselves: cut off records at the
   * end, or a change to the very last one, show only against a checkpoint that was kept elsewhere,
   * and files taken away from the beginning show in {@code first}.
   *
   * @param files how many files were read
   * @param records how many records they hold
   * @param first the number of the first record; more than 1 if earlier files were taken away; 0 if
   *     there is none
   * @param last the number of the last record
   * @param head the hex SHA-256 of the last record's line
   * @param tornTails 1 if the log ends in a piece of a line, as a crash leaves it; no record of
   *     which anybody was told that it was written is lost by that
   * @param checkpoints how many checkpoints there are
   * @param covered the number of the last record that one of them speaks of; 0 if there is none
   */
  record Sound(
      int files,
      long records,
      long first,
      long last,
      String head,
      int tornTails,
      long checkpoints,
      long covered)
      implements Verdict {
    @Override
    public <R> R match(Function<Sound, R> sound, Function<Broken, R> broken) {
      return sound.apply(this);
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
  }
}
