package io.keyveil.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a request is said to come from, over real connections from the loopback. */
final class ClientAddressTest {
  private static final String GET = "GET / HTTP/1.1";
  private static final String HOST = "Host: localhost";

  private final ClientAddress behindProxies =
      new ClientAddress(blocks("127.0.0.0/8", "10.0.0.0/8"));
  private final RawServer server = new RawServer(behindProxies::of);

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void isThePeerWithoutTrustedProxies() {
    try (RawServer alone = new RawServer(new ClientAddress(List.of())::of)) {
      assertThat(alone.ask(GET, HOST, "X-Forwarded-For: 203.0.113.9", "Forwarded: for=203.0.113.9"))
          .isEqualTo("127.0.0.1");
    }
  }

  @Test
  void isTheProxyWhereItForwardsNothing() {
    assertThat(server.ask(GET, HOST)).isEqualTo("127.0.0.1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "203.0.113.9 | 203.0.113.9",
        "2001:db8::1 | 2001:db8::1",
        "203.0.113.9, 10.0.0.7 | 203.0.113.9",
        "203.0.113.9, 10.0.0.7,10.0.0.8 | 203.0.113.9",
        "198.51.100.1, 203.0.113.9 | 203.0.113.9",
        "10.0.0.1, 203.0.113.9 | 203.0.113.9",
        "10.0.0.1, 10.0.0.2 | 10.0.0.1",
        "203.0.113.9, nonsense | 127.0.0.1",
        "203.0.113.9, nonsense, 10.0.0.7 | 10.0.0.7",
        "203.0.113.9, | 127.0.0.1",
        "unknown | 127.0.0.1",
      })
  void isTheRightMostForwardedAddressThatIsNoProxy(String field, String address) {
    assertThat(server.ask(GET, HOST, "X-Forwarded-For: " + field)).isEqualTo(address);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "for=203.0.113.9 | 203.0.113.9",
        "For=\"203.0.113.9\" | 203.0.113.9",
        "for=\"203.0.113.9:4711\" | 203.0.113.9",
        "for=203.0.113.9:4711;proto=https | 203.0.113.9",
        "for=\"[2001:db8::1]\" | 2001:db8::1",
        "for=\"[2001:DB8::1]:4711\" | 2001:DB8::1",
        "proto=https;for=203.0.113.9;by=10.0.0.1 | 203.0.113.9",
        "for=203.0.113.9, for=10.0.0.7 | 203.0.113.9",
        "for=198.51.100.1, for=203.0.113.9 | 203.0.113.9",
        "for=203.0.113.9, for=unknown | 127.0.0.1",
        "for=203.0.113.9, for=_hidden | 127.0.0.1",
        "by=203.0.113.9 | 127.0.0.1",
        "before=203.0.113.9 | 127.0.0.1",
      })
  void readsTheStandardField(String field, String address) {
    assertThat(server.ask(GET, HOST, "Forwarded: " + field)).isEqualTo(address);
  }

  /** A proxy that writes one of them and passes the other on would let clients choose. */
  @Test
  void believesNeitherFieldWhereTheyDisagree() {
    assertThat(server.ask(GET, HOST, "X-Forwarded-For: 198.51.100.1", "Forwarded: for=203.0.113.9"))
        .isEqualTo("127.0.0.1");
    assertThat(server.ask(GET, HOST, "X-Forwarded-For: 203.0.113.9", "Forwarded: for=203.0.113.9"))
        .isEqualTo("203.0.113.9");
    assertThat(
            server.ask(
                GET,
                HOST,
                "X-Forwarded-For: 192.0.2.1, 2001:db8::1, 10.0.0.7",
                "Forwarded: for=\"[2001:DB8:0::1]\""))
        .isEqualTo("2001:DB8:0::1");
    assertThat(server.ask(GET, HOST, "X-Forwarded-For: 198.51.100.1", "Forwarded: for=_hidden"))
        .isEqualTo("127.0.0.1");
  }

  /** What a client opens before the proxy's word stays its own. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Forwarded: for=\"192.0.2.66",
        "Forwarded: for=192.0.2.66;by=\"",
        "Forwarded: for=\"[",
        "Forwarded: ;;;for=192.0.2.66,,",
      })
  void cannotBeQuotedAway(String clients) {
    assertThat(server.ask(GET, HOST, clients + ", for=203.0.113.9")).isEqualTo("203.0.113.9");
    assertThat(server.ask(GET, HOST, clients, "Forwarded: for=203.0.113.9"))
        .isEqualTo("203.0.113.9");
  }

  @Test
  void joinsRepeatedFields() {
    assertThat(
            server.ask(GET, HOST, "X-Forwarded-For: 198.51.100.1", "X-Forwarded-For: 203.0.113.9"))
        .isEqualTo("203.0.113.9");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 63, 64, 65, 500})
  void cannotBeHiddenBehindManyInventedHops(int hops) {
    assertThat(
            server.ask(GET, HOST, "X-Forwarded-For: " + "1.2.3.4, ".repeat(hops) + "203.0.113.9"))
        .isEqualTo("203.0.113.9");
    assertThat(
            server.ask(
                GET, HOST, "Forwarded: " + "for=1.2.3.4,".repeat(hops / 2) + "for=203.0.113.9"))
        .isEqualTo("203.0.113.9");
  }

  private static List<AddressBlock> blocks(String... texts) {
    return Stream.of(texts).map(text -> AddressBlock.parse(text).orElseThrow()).toList();
  }
}
