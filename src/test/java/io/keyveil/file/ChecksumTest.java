package io.keyveil.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyveil.file.Checksum.Algorithm;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Checksums: what is one, what is none, and that they are the ones that everybody else computes.
 */
final class ChecksumTest {
  /** The check values of the catalogues of CRCs, and of FIPS 180-4. */
  @ParameterizedTest
  @CsvSource({
    "CRC32, 123456789, cbf43926",
    "CRC32C, 123456789, e3069283",
    "SHA256, abc, ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "CRC32, '', 00000000",
    "CRC32C, '', 00000000",
    "SHA256, '', e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
  })
  void isTheOneThatEverybodyComputes(Algorithm algorithm, String text, String hex) {
    Checksum checksum = SampleFiles.checksum(algorithm, text.getBytes(StandardCharsets.US_ASCII));
    assertThat(checksum.hex()).isEqualTo(hex);
    assertThat(Checksum.ofHex(algorithm, hex)).isEqualTo(checksum);
    assertThat(Checksum.parse(algorithm, checksum.base64())).contains(checksum);
  }

  @ParameterizedTest
  @EnumSource
  void isTheSameHoweverTheBytesCome(Algorithm algorithm) {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    byte[] bytes = new byte[100_000];
    random.nextBytes(bytes);
    RunningChecksum pieces = RunningChecksum.of(algorithm);
    for (int at = 0; at < bytes.length; ) {
      int next = Math.min(bytes.length, at + random.nextInt(9_000));
      byte[] piece = Arrays.copyOfRange(bytes, at, next);
      boolean outside = random.nextBoolean();
      pieces.add(
          outside
              ? ByteBuffer.allocateDirect(piece.length).put(piece).flip()
              : ByteBuffer.wrap(piece));
      at = next;
    }
    assertThat(pieces.end()).as("seed %d", seed).isEqualTo(SampleFiles.checksum(algorithm, bytes));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "AAAA",
        "AAAAAA",
        "AAAAAA=",
        "AAAAAA===",
        "AAAAAAA=",
        "AAAAAB==",
        "AAAA-A==",
        "AAAAAA==-3",
        "AAAAAA==\n",
        " AAAAAA==",
        "AAA AA==",
        "AAAAAAAAAAA=",
        "00000000"
      })
  void isNoneWithAnotherLengthOrForm(String text) {
    assertThat(Checksum.parse(Algorithm.CRC32C, text)).isEmpty();
    assertThatThrownBy(() -> new Checksum(Algorithm.CRC32C, text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("not a checksum (expected: 4 bytes in Base64)");
  }

  @Test
  void isNoneWhereThereIsNoneOrOneOfAnotherAlgorithm() {
    assertThat(Checksum.parse(Algorithm.CRC32, null)).isEmpty();
    assertThat(Checksum.parse(Algorithm.SHA256, "AAAAAA==")).isEmpty();
    assertThat(Checksum.parse(Algorithm.SHA256, "A".repeat(1_000_000))).isEmpty();
    assertThatThrownBy(() -> Checksum.ofHex(Algorithm.SHA256, "ab"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void hasAPlaceForEachAlgorithm() {
    Checksums known = SampleFiles.checksums(new byte[] {1});
    assertThat(known.crc()).isEqualTo(known.crc32c());
    assertThat(new Checksums(Optional.empty(), Optional.empty(), known.crc32()).crc())
        .isEqualTo(known.crc32());
    assertThatThrownBy(() -> new Checksums(known.crc32c(), Optional.empty(), Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void agreesWithWhatIsNotKnownAndNotWithWhatDiffers() {
    Checksums one = SampleFiles.checksums(new byte[] {1});
    Checksums two = SampleFiles.checksums(new byte[] {2});
    assertThat(one.agreeWith(one)).isTrue();
    assertThat(one.agreeWith(Checksums.NONE)).isTrue();
    assertThat(Checksums.NONE.agreeWith(one)).isTrue();
    for (Checksums other :
        new Checksums[] {
          new Checksums(two.sha256(), one.crc32c(), one.crc32()),
          new Checksums(one.sha256(), two.crc32c(), one.crc32()),
          new Checksums(one.sha256(), one.crc32c(), two.crc32())
        }) {
      assertThat(one.agreeWith(other)).isFalse();
    }
    assertThat(new Checksums(one.sha256(), Optional.empty(), Optional.empty()).or(two))
        .isEqualTo(new Checksums(one.sha256(), two.crc32c(), two.crc32()));
  }
}
