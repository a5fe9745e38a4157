package io.keyveil.audit;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the audit log lies and how hard it tries.
 *
 * @param folder one folder for each running process
 * @param durability {@code fsync} waits for the disk, {@code write} for the operating system only
 * @param queueLimit how many records may wait to be written (1 to 1000000); one more fails
 * @param instance the process's name in records and file names (1 to 40 of {@code A-Z a-z 0-9 _
 *     -}); empty: a random one at each start
 */
public record AuditSettings(
    Path folder, Durability durability, int queueLimit, Optional<String> instance) {
  public static final AuditSettings DEFAULTS =
      new AuditSettings(Path.of("data/audit"), Durability.FSYNC, 10_000, Optional.empty());

  public AuditSettings {
    if (queueLimit < 1 || queueLimit > 1_000_000) {
      throw new IllegalArgumentException("queueLimit: " + queueLimit + " (expected: 1 to 1000000)");
    }
    instance.ifPresent(
        name -> {
          if (!name.matches("[A-Za-z0-9_-]{1,40}")) {
            throw new IllegalArgumentException(
                "instance: " + name + " (expected: 1 to 40 of A-Z, a-z, 0-9, _ and -)");
          }
        });
  }
}
