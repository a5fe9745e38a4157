package io.keyveil.link;

import java.time.Instant;

/**
 * The time in which one client uses a link: with ranges, resumes and parallel segments, all of
 * which are one download.
 *
 * @param id a random name
 * @param cookieDigest the hex SHA-256 of the cookie that its client was given
 * @param clientDigest the hex SHA-256 of its client's address and user agent
 * @param cookieOnly whether its client has shown that it keeps cookies, so that nothing else will
 *     do
 * @param openedAt when it was opened
 * @param endsAt when it ends, unless something of it still runs
 * @param counted whether its download has been counted
 * @param given the bytes of the main file that were given in it
 */
public record Window(
    WindowId id,
    String cookieDigest,
    String clientDigest,
    boolean cookieOnly,
    Instant openedAt,
    Instant endsAt,
    boolean counted,
    Coverage given) {

  boolean isOpen(Instant now) {
    return now.isBefore(endsAt);
  }

  /** Whether it is this visitor's. */
  boolean isOf(Visit visit) {
    return knows(visit) || (!cookieOnly && clientDigest.equals(visit.clientDigest()));
  }

  /** Whether the visitor has the cookie. */
  boolean knows(Visit visit) {
    return visit.cookieDigests().contains(cookieDigest);
  }

  Window withCookieOnly() {
    return new Window(id, cookieDigest, clientDigest, true, openedAt, endsAt, counted, given);
  }

  Window withCount() {
    return new Window(id, cookieDigest, clientDigest, cookieOnly, openedAt, endsAt, true, given);
  }

  Window with(Coverage more, Instant end) {
    return new Window(id, cookieDigest, clientDigest, cookieOnly, openedAt, end, counted, more);
  }
}
