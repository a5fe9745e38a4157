package io.keyveil.audit;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where the audit log lies and how hard it tries.
 *
 * @param folder one folder for each running process
 * @param durability {@code fsync} waits for the disk, {@code write} for the operating system only
 * @param queueLimit how many records may wait to be written (1 to 1000000); one more fails
 * @param instance the process's name in records and file names (1 to 40 of {@code A-Z a-z 0-9 _
 *     -}); empty: a random one at each start
 * @param signingKey the Ed25519 key of checkpoints; empty: they are not signed, so that whoever can
 *     write to the folder can write all of it anew
 * @param origin the name of the log in its checkpoints, and of their key (1 to 100 characters
 *     without blanks and plus signs); one for each folder
 * @param checkpoint when there is a checkpoint
 * @param rotate when a file has an end
 * @param refusalWindow over which time refused credentials, and what a subject may not or asks too
 *     often, are counted before they are recorded (1s to 1h)
 * @param ship where closed files and checkpoints are copied to
 */
public record AuditSettings(
    Path folder,
    Durability durability,
    int queueLimit,
    Optional<String> instance,
    Optional<SigningKey> signingKey,
    String origin,
    CheckpointRate checkpoint,
    Rotation rotate,
    Duration refusalWindow,
    ShipSettings ship) {
  private static final Pattern ORIGIN = Pattern.compile("[^\\s+]{1,100}");

  public static final AuditSettings DEFAULTS =
      new AuditSettings(
          Path.of("data/audit"),
          Durability.FSYNC,
          10_000,
          Optional.empty(),
          Optional.empty(),
          "keyveil-audit",
          CheckpointRate.DEFAULTS,
          Rotation.DEFAULTS,
          Duration.ofMinutes(1),
          ShipSettings.DEFAULTS);

  /** A log with everything else as it is by default. */
  public AuditSettings(
      Path folder, Durability durability, int queueLimit, Optional<String> instance) {
    this(
        folder,
        durability,
        queueLimit,
        instance,
        DEFAULTS.signingKey,
        DEFAULTS.origin,
        DEFAULTS.checkpoint,
        DEFAULTS.rotate,
        DEFAULTS.refusalWindow,
        DEFAULTS.ship);
  }

  public AuditSettings {
    require("queueLimit", queueLimit, 1, 1_000_000);
    instance.ifPresent(
        name -> {
          if (!name.matches("[A-Za-z0-9_-]{1,40}")) {
            throw new IllegalArgumentException(
                "instance: " + name + " (expected: 1 to 40 of A-Z, a-z, 0-9, _ and -)");
          }
        });
    if (!ORIGIN.matcher(origin).matches()) {
      throw new IllegalArgumentException(
          "origin: " + origin + " (expected: 1 to 100 characters without blanks and +)");
    }
    require("refusalWindow", refusalWindow, Duration.ofSeconds(1), Duration.ofHours(1));
  }

  /**
   * The same for a log beside this one, in a folder below it, which others than the gateway write
   * to while that holds its own: a chain has one writer.
   */
  public AuditSettings beside(String name) {
    return new AuditSettings(
        folder.resolve(name),
        durability,
        queueLimit,
        Optional.empty(),
        signingKey,
        origin + "/" + name,
        checkpoint,
        rotate,
        refusalWindow,
        ship);
  }

  /**
   * When there is a checkpoint: whichever comes first.
   *
   * @param records after how many records (1 to 1000000)
   * @param interval after which time (1s to 1h), also when nothing happened: a gap is seen
   */
  public record CheckpointRate(int records, Duration interval) {
    public static final CheckpointRate DEFAULTS = new CheckpointRate(1000, Duration.ofMinutes(1));

    public CheckpointRate {
      require("records", records, 1, 1_000_000);
      require("interval", interval, Duration.ofSeconds(1), Duration.ofHours(1));
    }
  }

  /**
   * When a file has an end, and the next one begins.
   *
   * @param size from how many bytes on (1 to 1 TiB)
   * @param age after which time (1m to 31d), if it holds anything
   */
  public record Rotation(long size, Duration age) {
    public static final Rotation DEFAULTS = new Rotation(64L << 20, Duration.ofHours(24));

    public Rotation {
      if (size < 1 || size > 1L << 40) {
        throw new IllegalArgumentException("size: " + size + " (expected: 1 to 1TiB)");
      }
      require("age", age, Duration.ofMinutes(1), Duration.ofDays(31));
    }
  }

  static void require(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: " + least + " to " + most + ")");
    }
  }

  static void require(String name, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: " + least + " to " + most + ")");
    }
  }
}
