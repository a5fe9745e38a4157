package io.keyveil.audit;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * Where closed files and checkpoints are copied to.
 *
 * @param bucket a bucket with Object Lock; empty: nothing is copied, and nothing deleted here
 * @param prefix what their names begin with there (up to 200 of {@code A-Z a-z 0-9 _ - . /})
 * @param mode how S3 holds them: {@code governance}, {@code compliance}, or {@code none} where the
 *     bucket has its own retention
 * @param retention for how long (1d to 36500d)
 * @param encryption how they lie there: {@code none}, {@code AES256} or {@code aws:kms}
 * @param kmsKey the key of {@code aws:kms}; empty: the account's default
 * @param interval how often it is looked for what to copy (1s to 1h)
 * @param keep how long a file stays here once it was copied (0 to 3650d)
 */
public record ShipSettings(
    Optional<String> bucket,
    String prefix,
    Mode mode,
    Duration retention,
    Encryption encryption,
    Optional<String> kmsKey,
    Duration interval,
    Duration keep) {
  public static final ShipSettings DEFAULTS =
      new ShipSettings(
          Optional.empty(),
          "",
          Mode.COMPLIANCE,
          Duration.ofDays(2200),
          Encryption.KMS,
          Optional.empty(),
          Duration.ofMinutes(1),
          Duration.ofDays(30));

  public ShipSettings {
    if (!prefix.matches("[A-Za-z0-9_./-]{0,200}")) {
      throw new IllegalArgumentException(
          "prefix: " + prefix + " (expected: up to 200 of A-Z, a-z, 0-9, _, -, . and /)");
    }
    AuditSettings.require("retention", retention, Duration.ofDays(1), Duration.ofDays(36_500));
    AuditSettings.require("interval", interval, Duration.ofSeconds(1), Duration.ofHours(1));
    AuditSettings.require("keep", keep, Duration.ZERO, Duration.ofDays(3650));
  }

  /** How S3 holds an object fast. */
  public enum Mode {
    NONE,
    GOVERNANCE,
    COMPLIANCE;

    /** The word in settings. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How an object lies in S3. */
  public enum Encryption {
    NONE("none"),
    AES256("AES256"),
    KMS("aws:kms");

    private final String word;

    Encryption(String word) {
      this.word = word;
    }

    /** The word in settings, and S3's. */
    public String word() {
      return word;
    }
  }
}
