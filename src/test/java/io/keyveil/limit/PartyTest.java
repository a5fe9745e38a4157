package io.keyveil.limit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which addresses are one party. */
final class PartyTest {
  @ParameterizedTest
  @CsvSource({
    "2001:db8:1:2::1, 2001:db8:1:2:ffff:ffff:ffff:ffff",
    "2001:db8:1:2::1, 2001:DB8:0001:0002:0:0:0:9",
    "192.0.2.1, 192.0.2.1",
    "192.0.2.1, ::ffff:192.0.2.1",
    "192.0.2.1, ::ffff:c000:201",
  })
  void areOne(String first, String second) {
    assertThat(Party.address(first)).isEqualTo(Party.address(second));
  }

  @ParameterizedTest
  @CsvSource({
    "2001:db8:1:2::1, 2001:db8:1:3::1",
    "192.0.2.1, 192.0.2.2",
    "::ffff:192.0.2.1, ::ffff:192.0.2.2",
    "::1, 192.0.2.1",
    "unknown, 192.0.2.1",
    "not:an:address, other:than:that",
  })
  void areTwo(String first, String second) {
    assertThat(Party.address(first)).isNotEqualTo(Party.address(second));
  }

  @Test
  void isNoSubject() {
    assertThat(Party.address("alice")).isNotEqualTo(new Party("https://idp.test/", "alice"));
  }
}
