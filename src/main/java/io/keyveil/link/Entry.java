package io.keyveil.link;

import java.util.Optional;

/** What a visitor who wants bytes is told. */
public sealed interface Entry {
  <R> R match(Cases<R> cases);

  /** One function for each entry. */
  interface Cases<R> {
    R free();

    R within(Window window, Optional<LinkToken> cookie);

    R closed(Closed.Reason reason);
  }

  /** The link counts nothing and has no button: come in. */
  record Free() implements Entry {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.free();
    }
  }

  /**
   * In a window of the visitor's own.
   *
   * @param window the window
   * @param cookie the cookie to give, where the window was just opened
   */
  record Within(Window window, Optional<LinkToken> cookie) implements Entry {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.within(window, cookie);
    }
  }

  /** Not now, or not any more. */
  record Closed(Reason reason) implements Entry {
    /** Why. */
    public enum Reason {
      EXPIRED,
      REVOKED,
      USED_UP,
      /** Somebody else is using the last download that is left, or has begun and not finished. */
      IN_USE,
      /** Only the button of the landing page starts the download. */
      NOT_PRESSED
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.closed(reason);
    }
  }
}
