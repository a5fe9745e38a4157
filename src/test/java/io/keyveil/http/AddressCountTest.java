package io.keyveil.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** How many connections an address may have. */
final class AddressCountTest {
  private final AddressCount count =
      new AddressCount(2, List.of(AddressBlock.parse("10.0.0.0/8").orElseThrow()));

  @Test
  void refusesTheOneTooManyUntilOneIsGivenBack() {
    assertThat(count.take("192.0.2.1")).isTrue();
    assertThat(count.take("192.0.2.1")).isTrue();
    assertThat(count.take("192.0.2.1")).isFalse();
    assertThat(count.take("192.0.2.1")).isFalse();
    assertThat(count.take("192.0.2.2")).isTrue();
    count.giveBack("192.0.2.1");
    assertThat(count.take("192.0.2.1")).isTrue();
    assertThat(count.take("192.0.2.1")).isFalse();
  }

  @Test
  void countsTheNewerAddressesByTheirSite() {
    assertThat(count.take("2001:db8:0:1::1")).isTrue();
    assertThat(count.take("2001:db8:0:1:ffff::2")).isTrue();
    assertThat(count.take("2001:db8:0:1::3")).isFalse();
    assertThat(count.take("2001:db8:0:2::1")).isTrue();
    count.giveBack("2001:db8:0:1::1");
    assertThat(count.take("2001:db8:0:1::3")).isTrue();
  }

  @Test
  void doesNotCountTrustedProxies() {
    for (int i = 0; i < 10; i++) {
      assertThat(count.take("10.1.2.3")).isTrue();
    }
    count.giveBack("10.1.2.3");
  }

  @Test
  void countsNothingWithoutALimit() {
    AddressCount none = new AddressCount(0, List.of());
    for (int i = 0; i < 10; i++) {
      assertThat(none.take("192.0.2.1")).isTrue();
    }
  }

  @Test
  void takesWhatIsNoAddressForOne() {
    assertThat(count.take("unknown")).isTrue();
    assertThat(count.take("unknown")).isTrue();
    assertThat(count.take("unknown")).isFalse();
  }
}
