package io.keyveil.limit;

/**
 * How fast anybody may ask.
 *
 * @param mode whether limits are enforced, or what is over them only reported
 * @param remembered how many parties are counted at once for each limit, 1000 to 10000000; beyond
 *     that, those who ask least are forgotten
 * @param address each client address, an IPv6 client by its /64: requests of any kind, and bytes of
 *     streamed files
 * @param subject each subject (iss and sub): requests of any kind, and bytes of streamed files
 * @param registration each subject: registrations of files
 * @param minting each subject: requests for links, a batch being one
 * @param failures each client address: credentials that did not hold, except tokens that merely
 *     expired
 */
public record RateSettings(
    Enforcement mode,
    int remembered,
    Traffic address,
    Traffic subject,
    Rate registration,
    Rate minting,
    Rate failures) {
  private static final Rate ANY_BYTES = new Rate(0, 64L << 20);

  public static final RateSettings DEFAULTS =
      new RateSettings(
          Enforcement.ENFORCE,
          50_000,
          new Traffic(new Rate(0, 10_000), ANY_BYTES),
          new Traffic(new Rate(0, 2_000), ANY_BYTES),
          new Rate(1_000, 10_000),
          new Rate(1_000, 10_000),
          new Rate(100, 20_000));

  public RateSettings {
    if (remembered < 1_000 || remembered > 10_000_000) {
      throw new IllegalArgumentException(
          "remembered: " + remembered + " (expected: 1000 to 10000000)");
    }
  }

  /**
   * What a party may do to the gateway.
   *
   * @param requests how many requests
   * @param bytes how many bytes of streamed files
   */
  public record Traffic(Rate requests, Rate bytes) {}

  Rate rate(Limit limit) {
    return switch (limit) {
      case ADDRESS -> address.requests();
      case ADDRESS_BYTES -> address.bytes();
      case SUBJECT -> subject.requests();
      case SUBJECT_BYTES -> subject.bytes();
      case REGISTRATION -> registration;
      case MINTING -> minting;
      case FAILURES -> failures;
    };
  }
}
