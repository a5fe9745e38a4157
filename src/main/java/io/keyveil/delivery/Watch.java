package io.keyveil.delivery;

import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What has to watch the bytes of one download on their way.
 *
 * @param around makes the read that is watched, where they pass through here
 * @param window where whoever carries them elsewhere has to have them counted, if anywhere
 * @param interval hears when they are carried elsewhere
 */
record Watch(UnaryOperator<ObjectRead> around, Optional<CarriedWindow> window, Interval interval) {
  /** Nothing has. */
  static final Watch NONE =
      new Watch(UnaryOperator.identity(), Optional.empty(), new Interval() {});

  /** Hears when another begins to carry the bytes, and when that is over. */
  interface Interval {
    default void begin() {}

    default void end() {}
  }
}
