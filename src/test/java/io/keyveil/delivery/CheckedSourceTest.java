package io.keyveil.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.file.Checksum;
import io.keyveil.file.Checksum.Algorithm;
import io.keyveil.file.Checksums;
import io.keyveil.file.FileRecord;
import io.keyveil.file.SampleFiles;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which reads are checked, and by what. */
final class CheckedSourceTest {
  private static final byte[] BYTES = "0123456789".getBytes(StandardCharsets.US_ASCII);
  private static final Checksums ALL = SampleFiles.checksums(BYTES);
  private static final Checksums CRC32 =
      new Checksums(Optional.empty(), Optional.empty(), ALL.crc32());
  private static final Checksums SHA256 =
      new Checksums(ALL.sha256(), Optional.empty(), Optional.empty());

  @Test
  void checksWholeReadsOnly() {
    assertThat(checked(Optional.empty())).isTrue();
    assertThat(checked(Optional.of(new ByteSpan(0, 9)))).isTrue();
    assertThat(checked(Optional.of(new ByteSpan(0, 8)))).isFalse();
    assertThat(checked(Optional.of(new ByteSpan(1, 9)))).isFalse();
    assertThat(checked(Optional.of(new ByteSpan(4, 4)))).isFalse();
  }

  @Test
  void leavesTheReadAloneWhereNothingIsKnown() {
    assertThat(checked(Checksums.NONE, Integrity.SHA256, Optional.empty())).isFalse();
    assertThat(checked(SHA256, Integrity.CRC, Optional.empty())).isFalse();
    assertThat(checked(ALL, Integrity.OFF, Optional.empty())).isFalse();
  }

  @Test
  void choosesByTheSetting() {
    assertThat(chosen(Integrity.CRC, ALL)).contains(Algorithm.CRC32C);
    assertThat(chosen(Integrity.CRC, CRC32)).contains(Algorithm.CRC32);
    assertThat(chosen(Integrity.CRC, SHA256)).isEmpty();
    assertThat(chosen(Integrity.SHA256, ALL)).contains(Algorithm.SHA256);
    assertThat(chosen(Integrity.SHA256, CRC32)).contains(Algorithm.CRC32);
    assertThat(chosen(Integrity.OFF, ALL)).isEmpty();
  }

  private static Optional<Algorithm> chosen(Integrity integrity, Checksums known) {
    return integrity.choose(known).map(Checksum::algorithm);
  }

  private static boolean checked(Optional<ByteSpan> span) {
    return checked(ALL, Integrity.CRC, span);
  }

  private static boolean checked(Checksums known, Integrity integrity, Optional<ByteSpan> span) {
    FakeRead read = new FakeRead(BYTES.length);
    FileRecord file = SampleFiles.known(BYTES.length, known);
    ObjectRead opened =
        new CheckedSource((asked, part, interest) -> Future.succeededFuture(read), integrity)
            .open(file, span, new Interest())
            .await();
    assertThat(opened == read).isNotEqualTo(opened instanceof CheckedRead);
    return opened != read;
  }
}
