package io.keyveil.file;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A checksum over all bytes of an object, kept in the form in which it is sent most often.
 *
 * @param algorithm how it was computed
 * @param base64 its bytes, big-endian, in padded Base64 (RFC 4648 section 4), as S3 and RFC 9530
 *     write them
 */
public record Checksum(Algorithm algorithm, String base64) {
  public Checksum {
    if (bytes(algorithm, base64).isEmpty()) {
      throw new IllegalArgumentException(
          "not a checksum (expected: " + algorithm.length() + " bytes in Base64)");
    }
  }

  /** Those that a JDK computes natively. */
  public enum Algorithm {
    /** Of gzip and zip. */
    CRC32(4),
    /** Castagnoli's. */
    CRC32C(4),
    /** FIPS 180-4. */
    SHA256(32);

    private final int length;

    Algorithm(int length) {
      this.length = length;
    }

    /** How many bytes its checksums have. */
    int length() {
      return length;
    }

    /** The word for it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What was computed. */
  public static Checksum of(Algorithm algorithm, byte[] bytes) {
    return new Checksum(algorithm, Base64.getEncoder().encodeToString(bytes));
  }

  /** The value of a {@link java.util.zip.Checksum} of 32 bits. */
  public static Checksum of(Algorithm algorithm, long value) {
    return of(algorithm, ByteBuffer.allocate(Integer.BYTES).putInt((int) value).array());
  }

  /** Reads what somebody else says is one; empty where it is not. */
  public static Optional<Checksum> parse(Algorithm algorithm, @Nullable String base64) {
    return Optional.ofNullable(base64)
        .filter(text -> bytes(algorithm, text).isPresent())
        .map(text -> new Checksum(algorithm, text));
  }

  /**
   * Reads the form of {@link #hex}.
   *
   * @throws IllegalArgumentException if it is another
   */
  public static Checksum ofHex(Algorithm algorithm, String hex) {
    return of(algorithm, HexFormat.of().parseHex(hex));
  }

  /** In lower-case hex. */
  public String hex() {
    return HexFormat.of().formatHex(bytes(algorithm, base64).orElseThrow());
  }

  /** Only the one text that the encoder would write, so that equal checksums have equal texts. */
  private static Optional<byte[]> bytes(Algorithm algorithm, String base64) {
    if (base64.length() != (algorithm.length() + 2) / 3 * 4) {
      return Optional.empty();
    }
    try {
      byte[] bytes = Base64.getDecoder().decode(base64);
      boolean canonical =
          bytes.length == algorithm.length()
              && Base64.getEncoder().encodeToString(bytes).equals(base64);
      return canonical ? Optional.of(bytes) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
