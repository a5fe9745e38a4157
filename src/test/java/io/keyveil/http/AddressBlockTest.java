package io.keyveil.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which addresses a block holds. */
final class AddressBlockTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.0.0.0, true",
    "10.0.0.0/8, 10.255.255.255, true",
    "10.0.0.0/8, 11.0.0.0, false",
    "10.1.2.3/8, 10.9.9.9, true",
    "10.1.2.3, 10.1.2.3, true",
    "10.1.2.3, 10.1.2.4, false",
    "10.1.2.3/32, 10.1.2.3, true",
    "10.1.2.2/31, 10.1.2.3, true",
    "10.1.2.2/31, 10.1.2.4, false",
    "0.0.0.0/0, 203.0.113.9, true",
    "0.0.0.0/0, 2001:db8::1, false",
    "172.16.0.0/12, 172.31.255.255, true",
    "172.16.0.0/12, 172.32.0.0, false",
    "128.0.0.0/1, 255.255.255.255, true",
    "128.0.0.0/1, 127.255.255.255, false",
    "2001:db8::/32, 2001:db8:ffff::1, true",
    "2001:db8::/32, 2001:db9::1, false",
    "2001:db8::1, 2001:0db8:0:0:0:0:0:1, true",
    "::/0, 2001:db8::1, true",
    "::1/128, ::1, true",
    "fe80::/10, febf::1, true",
    "fe80::/10, fec0::1, false",
    "10.0.0.0/8, ::ffff:10.1.2.3, true",
    "10.0.0.0/8, ::ffff:11.1.2.3, false",
  })
  void holdsTheAddressesOfItsPrefix(String block, String address, boolean held) {
    assertThat(AddressBlock.parse(block).orElseThrow().contains(address)).isEqualTo(held);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "/",
        "/8",
        "localhost",
        "example.org/8",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/+8",
        "10.0.0.0/8/8",
        "10.0.0.0/999",
        "10.0.0.0/9999999999",
        "10.0.0.0/\u0668",
        "10.0.0/8",
        "10.0.0.256",
        "2001:db8::/129",
        "2001:db8::g",
        "10.0.0.1, 10.0.0.2",
      })
  void isNotReadFromAnythingElse(String text) {
    assertThat(AddressBlock.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "unknown", "localhost", "10.0.0.1:80", "10.0.0", "_hidden", "\0"})
  void holdsNothingThatIsNoAddress(String text) {
    assertThat(AddressBlock.parse("0.0.0.0/0").orElseThrow().contains(text)).isFalse();
    assertThat(AddressBlock.parse("::/0").orElseThrow().contains(text)).isFalse();
  }

  @Test
  void isWrittenAsItWasRead() {
    assertThat(AddressBlock.parse(" 10.0.0.0/8 ").orElseThrow()).hasToString("10.0.0.0/8");
    assertThat(AddressBlock.parse("10.0.0.0/8")).isEqualTo(AddressBlock.parse("10.0.0.0/8 "));
  }
}
