package io.keyveil.link;

import io.keyveil.link.Entry.Closed;
import io.keyveil.link.Entry.Closed.Reason;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A link and what has been done with it; decides who may come in, and touches nothing.
 *
 * <p>A link that counts has a place for each download that is left. A window takes one when it is
 * opened, and gives it back if it ends before its download is complete; a download that is complete
 * has used its place up. So two people cannot share the last place, and one whose network broke has
 * not lost it.
 *
 * @param link the link
 * @param downloads how many downloads were counted
 * @param opened how many windows were ever opened
 * @param windows the windows that may still be open
 */
public record LinkState(Link link, int downloads, int opened, List<Window> windows) {
  /** However often its download pauses, a window ends some day. */
  private static final Duration LONGEST = Duration.ofHours(24);

  public LinkState {
    windows = List.copyOf(windows);
  }

  /**
   * Decides about one visitor.
   *
   * @param random for the window and its cookie, if one is opened
   */
  public Entry enter(Visit visit, Instant now, LinkSettings settings, SecureRandom random) {
    if (link.revokedAt().isPresent()) {
      return new Closed(Reason.REVOKED);
    }
    if (!link.needsWindow()) {
      return link.expired(now) ? new Closed(Reason.EXPIRED) : new Entry.Free();
    }
    return own(visit, now)
        .map(window -> again(window, visit))
        .orElseGet(() -> open(visit, now, settings, random));
  }

  /** What to tell somebody who wants no bytes, such as by HEAD: empty if the link is good. */
  public Optional<Reason> objection(Visit visit, Instant now, LinkSettings settings) {
    if (link.revokedAt().isPresent()) {
      return Optional.of(Reason.REVOKED);
    }
    return own(visit, now).isPresent() ? Optional.empty() : objection(now, settings);
  }

  /** The visitor's own open window; one that it has the cookie of goes first. */
  private Optional<Window> own(Visit visit, Instant now) {
    return windows.stream()
        .filter(window -> window.isOpen(now) && window.isOf(visit))
        .max(
            Comparator.comparing((Window window) -> window.knows(visit))
                .thenComparing(window -> !window.counted()));
  }

  /**
   * Once more in a window. When its download is complete, a client without cookies may only ask for
   * parts: another whole download from the same address and program is more likely another
   * person's.
   */
  private static Entry again(Window window, Visit visit) {
    boolean known = window.knows(visit);
    if (window.counted() && !known && !visit.ranged()) {
      return new Closed(Reason.USED_UP);
    }
    return new Entry.Within(known ? window.withCookieOnly() : window, Optional.empty());
  }

  private Entry open(Visit visit, Instant now, LinkSettings settings, SecureRandom random) {
    Optional<Reason> objection = objection(now, settings);
    if (objection.isPresent()) {
      return new Closed(objection.get());
    }
    if (link.landing() && !visit.pressed()) {
      return new Closed(Reason.NOT_PRESSED);
    }
    LinkToken cookie = LinkToken.random(random);
    Window window =
        new Window(
            WindowId.random(random),
            cookie.digest(),
            visit.clientDigest(),
            visit.keepsCookies(),
            now,
            now.plus(settings.window()),
            false,
            Coverage.NONE);
    return new Entry.Within(window, Optional.of(cookie));
  }

  private Optional<Reason> objection(Instant now, LinkSettings settings) {
    if (link.maxDownloads().isPresent()) {
      int most = link.maxDownloads().getAsInt();
      if (downloads >= most || opened >= (long) most * settings.attempts()) {
        return Optional.of(Reason.USED_UP);
      }
    }
    if (link.expired(now)) {
      return Optional.of(Reason.EXPIRED);
    }
    return link.maxDownloads().isPresent()
            && downloads + underWay(now) >= link.maxDownloads().getAsInt()
        ? Optional.of(Reason.IN_USE)
        : Optional.empty();
  }

  private long underWay(Instant now) {
    return windows.stream().filter(window -> window.isOpen(now) && !window.counted()).count();
  }

  /** How many downloads are left; empty if they are not counted. */
  public Optional<Integer> left() {
    return link.maxDownloads().isPresent()
        ? Optional.of(Math.max(0, link.maxDownloads().getAsInt() - downloads))
        : Optional.empty();
  }

  /**
   * A window after some bytes of the main file were given in it.
   *
   * @param size how large the file is; when all of it was given, the download is counted
   */
  static Window given(
      Window window, long first, long last, long size, Instant now, LinkSettings settings) {
    Coverage given = window.given().with(first, last);
    Window next = window.with(given, longer(window, now, settings.window()));
    return given.isWhole(size) ? next.withCount() : next;
  }

  /** A window goes on while its download is not complete, for a pause after each sign of life. */
  private static Instant longer(Window window, Instant now, Duration pause) {
    if (window.counted()) {
      return window.endsAt();
    }
    Instant end = now.plus(pause);
    Instant latest = window.openedAt().plus(LONGEST);
    Instant bounded = end.isAfter(latest) ? latest : end;
    return bounded.isAfter(window.endsAt()) ? bounded : window.endsAt();
  }

  /** A window whose download still runs. */
  static Window running(Window window, Instant now, LinkSettings settings) {
    return window.with(window.given(), longer(window, now, settings.window()));
  }
}
