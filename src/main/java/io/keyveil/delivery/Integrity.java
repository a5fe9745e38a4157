package io.keyveil.delivery;

import io.keyveil.file.Checksum;
import io.keyveil.file.Checksums;
import java.util.Locale;
import java.util.Optional;

/** By which checksum whole files are checked while they pass. */
public enum Integrity {
  /** By a CRC, which finds what chance has changed and costs next to nothing. */
  CRC,
  /** By SHA-256 where it is known, else by a CRC. */
  SHA256,
  /** Not at all. */
  OFF;

  /** The word in settings. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Of what is known, the one to check by. */
  Optional<Checksum> choose(Checksums known) {
    return switch (this) {
      case CRC -> known.crc();
      case SHA256 -> known.sha256().isPresent() ? known.sha256() : known.crc();
      case OFF -> Optional.empty();
    };
  }
}
