package io.keyveil.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How sizes are written and read. */
final class DataSizeTest {
  @Test
  void readsWhatItWrites() {
    assertThat(DataSize.parse("16MiB")).contains(DataSize.mebibytes(16));
    assertThat(DataSize.parse(" 5 KiB ")).contains(DataSize.kibibytes(5));
    assertThat(DataSize.mebibytes(16)).hasToString("16MiB");
    assertThat(new DataSize(1025)).hasToString("1025B");
  }

  @Test
  void refusesWhatDoesNotFitOrIsNoSize() {
    assertThat(DataSize.parse("8388607TiB")).contains(new DataSize(8388607L << 40));
    assertThat(DataSize.parse("8388608TiB")).isEmpty();
    assertThat(DataSize.parse("999999999999TiB")).isEmpty();
    assertThat(DataSize.parse("-1")).isEmpty();
    assertThat(DataSize.parse("16MB")).isEmpty();
  }
}
