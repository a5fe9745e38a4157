package io.keyveil.s3;

import java.time.Duration;

/**
 * When a bucket that fails is left alone for a while.
 *
 * @param calls how many of a bucket's last reads are looked at, and how many there have to have
 *     been, 5 to 10000; 0 means that no bucket is ever left alone
 * @param failing how many of them, in percent, have to have failed, 1 to 100
 * @param pause how long the bucket is left alone then, 1 second to 5 minutes
 * @param probes how many reads find out afterwards whether it is well again, 1 to 100
 */
public record BreakerSettings(int calls, int failing, Duration pause, int probes) {
  public static final BreakerSettings DEFAULTS =
      new BreakerSettings(50, 50, Duration.ofSeconds(10), 3);

  public BreakerSettings {
    expect("calls", calls, calls == 0 || within(calls, 5, 10_000), "5 to 10000, or 0");
    expect("failing", failing, within(failing, 1, 100), "1 to 100");
    expect(
        "pause",
        pause,
        pause.compareTo(Duration.ofSeconds(1)) >= 0 && pause.compareTo(Duration.ofMinutes(5)) <= 0,
        "1 second to 5 minutes");
    expect("probes", probes, within(probes, 1, 100), "1 to 100");
  }

  boolean on() {
    return calls > 0;
  }

  private static boolean within(int found, int least, int most) {
    return found >= least && found <= most;
  }

  private static void expect(String name, Object found, boolean sound, String expected) {
    if (!sound) {
      throw new IllegalArgumentException(name + ": " + found + " (expected: " + expected + ")");
    }
  }
}
