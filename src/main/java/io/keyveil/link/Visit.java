package io.keyveil.link;

import java.util.Set;

/**
 * A request that came by a link, as far as it tells one client from another.
 *
 * @param cookieDigests the hex SHA-256 of each cookie of ours that it carries
 * @param clientDigest the hex SHA-256 of its address and user agent
 * @param keepsCookies whether it is a browser's, which will send the cookie again
 * @param ranged whether it asks for a part
 * @param pressed whether it is the press of the landing page's button
 */
public record Visit(
    Set<String> cookieDigests,
    String clientDigest,
    boolean keepsCookies,
    boolean ranged,
    boolean pressed) {
  public Visit {
    cookieDigests = Set.copyOf(cookieDigests);
  }

  /**
   * What a client without cookies is told by.
   *
   * @param address where it comes from
   * @param userAgent what it calls itself
   */
  public static String clientDigest(String address, String userAgent) {
    return LinkToken.digest(address + "\n" + userAgent);
  }
}
