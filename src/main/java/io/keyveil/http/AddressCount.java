package io.keyveil.http;

import java.net.Inet6Address;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many connections each address has, over all event loops. IPv6 addresses count by their /64,
 * since whoever has one has all of it; trusted proxies, behind which there are many, not at all.
 */
final class AddressCount {
  /** The bytes of a /64. */
  private static final int SITE = 8;

  private final Map<String, Integer> open = new ConcurrentHashMap<>();
  private final int most;
  private final List<AddressBlock> trusted;

  /**
   * @param most how many one address may have, or 0 for no limit
   */
  AddressCount(int most, List<AddressBlock> trusted) {
    this.most = most;
    this.trusted = trusted;
  }

  /** Takes a place for a connection, unless its address has too many; each is given back once. */
  boolean take(String address) {
    if (isFree(address)) {
      return true;
    }
    String site = site(address);
    if (open.merge(site, 1, Integer::sum) <= most) {
      return true;
    }
    leave(site);
    return false;
  }

  /** Gives a place back that was taken. */
  void giveBack(String address) {
    if (!isFree(address)) {
      leave(site(address));
    }
  }

  private void leave(String site) {
    open.computeIfPresent(site, (same, count) -> count == 1 ? null : count - 1);
  }

  private boolean isFree(String address) {
    return most == 0 || trusted.stream().anyMatch(block -> block.contains(address));
  }

  private static String site(String address) {
    return AddressBlock.address(address)
        .filter(Inet6Address.class::isInstance)
        .map(six -> HexFormat.of().formatHex(six.getAddress(), 0, SITE))
        .orElse(address);
  }
}
