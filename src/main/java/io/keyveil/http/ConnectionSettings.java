package io.keyveil.http;

import java.time.Duration;

/**
 * What a client's connection may do to us before anybody knows who it is.
 *
 * @param handshake how long the TLS handshake may take, 1 second to 1 minute
 * @param firstRequest how long from there to the last header field of the first request, 1 second
 *     to 5 minutes
 * @param perAddress how many connections one address may have, 1 to 1000000, or 0 for no limit;
 *     IPv6 addresses count by their /64, and those of {@code trustedProxies} do not count
 * @param streams how many requests may run at once on an HTTP/2 connection, 1 to 10000
 * @param resets how many of them may be reset within 30 seconds before it is closed, 10 to 100000
 * @param pings how many PING and SETTINGS frames it may send within 30 seconds before it is closed,
 *     10 to 100000
 */
public record ConnectionSettings(
    Duration handshake, Duration firstRequest, int perAddress, int streams, int resets, int pings) {
  public static final ConnectionSettings DEFAULTS =
      new ConnectionSettings(
          Duration.ofSeconds(10), Duration.ofSeconds(30), 10_000, 100, 500, 1000);

  public ConnectionSettings {
    within("handshake", handshake, Duration.ofMinutes(1), "1 minute");
    within("firstRequest", firstRequest, Duration.ofMinutes(5), "5 minutes");
    within("perAddress", perAddress, 0, 1_000_000);
    within("streams", streams, 1, 10_000);
    within("resets", resets, 10, 100_000);
    within("pings", pings, 10, 100_000);
  }

  private static void within(String name, Duration found, Duration most, String words) {
    if (found.compareTo(Duration.ofSeconds(1)) < 0 || found.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          name + ": " + found + " (expected: 1 second to " + words + ")");
    }
  }

  private static void within(String name, int found, int least, int most) {
    if (found < least || found > most) {
      throw new IllegalArgumentException(
          name + ": " + found + " (expected: " + least + " to " + most + ")");
    }
  }
}
