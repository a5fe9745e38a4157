package io.keyveil.file;

import io.keyveil.file.Checksum.Algorithm;
import java.util.Optional;

/**
 * What is known of an object's bytes as a whole, each where it is known.
 *
 * @param sha256 the one that tells tampering from chance
 * @param crc32c the cheapest to compute
 * @param crc32 nearly as cheap
 */
public record Checksums(
    Optional<Checksum> sha256, Optional<Checksum> crc32c, Optional<Checksum> crc32) {
  public static final Checksums NONE =
      new Checksums(Optional.empty(), Optional.empty(), Optional.empty());

  public Checksums {
    require(sha256, Algorithm.SHA256);
    require(crc32c, Algorithm.CRC32C);
    require(crc32, Algorithm.CRC32);
  }

  /** The cheapest of those that are made to find what chance has changed. */
  public Optional<Checksum> crc() {
    return crc32c.isPresent() ? crc32c : crc32;
  }

  /** Whether nothing that both know of an object differs. */
  public boolean agreeWith(Checksums others) {
    return agree(sha256, others.sha256)
        && agree(crc32c, others.crc32c)
        && agree(crc32, others.crc32);
  }

  /** These, and of the others what is not known here. */
  public Checksums or(Checksums others) {
    return new Checksums(
        sha256.or(others::sha256), crc32c.or(others::crc32c), crc32.or(others::crc32));
  }

  private static boolean agree(Optional<Checksum> one, Optional<Checksum> other) {
    return one.isEmpty() || other.isEmpty() || one.equals(other);
  }

  private static void require(Optional<Checksum> checksum, Algorithm algorithm) {
    if (checksum.isPresent() && checksum.get().algorithm() != algorithm) {
      throw new IllegalArgumentException("not a " + algorithm.word());
    }
  }
}
