package io.keyveil.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a request came from: the peer, or, behind trusted proxies, the right-most address that they
 * forwarded for and that is not one of them. What stands further left could have been written by
 * anybody. A proxy writes one of the two fields, and may pass the other on as a client sent it; so
 * where they tell of two clients, none of them is believed, and it is the proxy.
 */
final class ClientAddress {
  /** RFC 7239 section 6: only in brackets may colons belong to the address. */
  private static final Pattern FOR =
      Pattern.compile(
          "(?i)(?:^|;)\\s*for=\"?\\[?((?<=\\[)[0-9a-f:.]+|[0-9.]+)\\]?(?::\\d+)?\"?\\s*(?=;|$)");

  private final List<AddressBlock> trusted;

  ClientAddress(List<AddressBlock> trusted) {
    this.trusted = trusted;
  }

  String of(HttpServerRequest request) {
    SocketAddress peer = request.remoteAddress();
    String address = peer == null || peer.hostAddress() == null ? "unknown" : peer.hostAddress();
    if (!isTrusted(address)) {
      return address;
    }
    List<String> standard = standardHops(request);
    List<String> usual = usualHops(request);
    if (standard.isEmpty()) {
      return furthest(address, usual);
    }
    String told = furthest(address, standard);
    return usual.isEmpty() || isSame(told, furthest(address, usual)) ? told : address;
  }

  private String furthest(String peer, List<String> hops) {
    String address = peer;
    for (int i = hops.size() - 1; i >= 0 && isTrusted(address); i--) {
      if (AddressBlock.address(hops.get(i)).isEmpty()) {
        return address;
      }
      address = hops.get(i);
    }
    return address;
  }

  private static boolean isSame(String one, String other) {
    return one.equals(other) || AddressBlock.address(one).equals(AddressBlock.address(other));
  }

  private boolean isTrusted(String address) {
    return trusted.stream().anyMatch(block -> block.contains(address));
  }

  /**
   * The addresses of {@code Forwarded} (RFC 7239) from left to right. All of them: a cap would let
   * a client push its own address, the last, out of sight.
   */
  private static List<String> standardHops(HttpServerRequest request) {
    List<String> forwarded = request.headers().getAll("Forwarded");
    List<String> hops = new ArrayList<>();
    if (!forwarded.isEmpty()) {
      for (String element : String.join(",", forwarded).split(",", -1)) {
        Matcher matcher = FOR.matcher(element.strip());
        hops.add(matcher.find() ? matcher.group(1) : "unknown");
      }
    }
    return hops;
  }

  /** Those of {@code X-Forwarded-For}. */
  private static List<String> usualHops(HttpServerRequest request) {
    List<String> hops = new ArrayList<>();
    for (String field : request.headers().getAll("X-Forwarded-For")) {
      for (String element : field.split(",", -1)) {
        hops.add(element.strip());
      }
    }
    return hops;
  }
}
