package io.keyveil.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Amounts of data as settings write them. */
final class DataSizeTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1, 1",
    "17B, 17",
    "1KiB, 1024",
    "16MiB, 16777216",
    "2GiB, 2147483648",
    "3 TiB, 3298534883328",
    "' 5 KiB ', 5120",
    "999999999999, 999999999999",
    "8388607TiB, 9223370937343148032",
  })
  void readsBytesAndBinaryUnits(String text, long bytes) {
    assertThat(DataSize.parse(text)).contains(new DataSize(bytes));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "MiB",
        "-1",
        "1.5MiB",
        "1MB",
        "1mib",
        "1k",
        "1 MiB x",
        "0x10",
        "1_000",
        "\u0661KiB"
      })
  void refusesWhateverElse(String text) {
    assertThat(DataSize.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"8388608TiB", "16777216TiB", "16777217TiB", "999999999999TiB", "9999999999999"})
  void refusesMoreThanCanBeCounted(String text) {
    assertThat(DataSize.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0B", "1B", "1023B", "1KiB", "1025B", "16MiB", "5GiB", "7TiB", "2048TiB"})
  void writesTheLargestUnitThatDivides(String text) {
    assertThat(DataSize.parse(text).orElseThrow()).hasToString(text);
  }

  @Test
  void isNeverBelowZero() {
    assertThatIllegalArgumentException().isThrownBy(() -> new DataSize(-1));
  }
}
