package io.keyveil.delivery;

import java.util.Optional;
import java.util.function.UnaryOperator;

/** What has to watch the bytes of one download on their way, here or elsewhere. */
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
