package io.keyveil.http;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** A block of IP addresses, such as {@code 10.0.0.0/8} or a single address (RFC 4632). */
public final class AddressBlock {
  private final String text;
  private final IpSubnetFilterRule rule;

  private AddressBlock(String text, IpSubnetFilterRule rule) {
    this.text = text;
    this.rule = rule;
  }

  /** Reads an address with an optional prefix length; empty if it is neither. */
  public static Optional<AddressBlock> parse(String text) {
    String[] parts = text.strip().split("/", -1);
    Optional<InetAddress> address = address(parts[0]);
    if (address.isEmpty() || parts.length > 2) {
      return Optional.empty();
    }
    int most = address.get().getAddress().length * 8;
    String prefix = parts.length == 2 ? parts[1] : Integer.toString(most);
    if (!prefix.matches("\\d{1,3}") || Integer.parseInt(prefix) > most) {
      return Optional.empty();
    }
    return Optional.of(
        new AddressBlock(
            text.strip(),
            new IpSubnetFilterRule(
                address.get(), Integer.parseInt(prefix), IpFilterRuleType.ACCEPT)));
  }

  /** Whether the block holds this address; false for what is no address. */
  public boolean contains(String candidate) {
    return address(candidate)
        .map(address -> rule.matches(new InetSocketAddress(address, 0)))
        .orElse(false);
  }

  /** A literal address; never asks a name service. */
  static Optional<InetAddress> address(String text) {
    byte[] octets = NetUtil.createByteArrayFromIpAddressString(text);
    if (octets == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByAddress(octets));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AddressBlock that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
