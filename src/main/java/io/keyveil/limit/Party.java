package io.keyveil.limit;

import io.keyveil.access.Subject;
import io.netty.util.NetUtil;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Whom a limit counts.
 *
 * @param realm where the name is unique: the issuer of a subject, nothing for an address
 * @param name who it is there
 */
public record Party(String realm, String name) {
  private static final int NETWORK = 8;
  private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

  public static Party subject(Subject subject) {
    return new Party(subject.issuer(), subject.name());
  }

  /** Whoever comes by a link. */
  public static Party link(String link) {
    return new Party("urn:keyveil:link", link);
  }

  /**
   * A client's address. Whoever has an IPv6 address has all of its /64 (RFC 6177), so that counts;
   * an IPv4 address in IPv6's clothes (RFC 4291 section 2.5.5.2) counts as itself.
   */
  public static Party address(String address) {
    return new Party("", address.indexOf(':') < 0 ? address : network(address));
  }

  private static String network(String address) {
    byte[] octets = NetUtil.createByteArrayFromIpAddressString(address);
    if (octets == null) {
      return address;
    }
    return Arrays.equals(octets, 0, MAPPED.length, MAPPED, 0, MAPPED.length)
        ? NetUtil.bytesToIpAddress(octets, MAPPED.length, octets.length - MAPPED.length)
        : HexFormat.of().formatHex(octets, 0, NETWORK) + "/64";
  }
}
