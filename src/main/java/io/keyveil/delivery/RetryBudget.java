package io.keyveil.delivery;

/**
 * What keeps retries from making an outage worse: every first attempt earns a tenth of a retry, up
 * to ten. When S3 fails for everybody, a tenth more traffic is all that retries add.
 *
 * <p>One for each event loop, and used on it alone.
 */
final class RetryBudget {
  private static final double EARNED = 0.1;
  private static final double MOST = 10;

  private double left = MOST;

  void earn() {
    left = Math.min(MOST, left + EARNED);
  }

  /** Earns a whole retry: what lasted long has shown that this is no outage. */
  void earnOne() {
    left = Math.min(MOST, left + 1);
  }

  /** Takes one retry, if there is one. */
  boolean spend() {
    if (left < 1) {
      return false;
    }
    left--;
    return true;
  }
}
