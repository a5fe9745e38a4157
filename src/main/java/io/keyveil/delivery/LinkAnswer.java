package io.keyveil.delivery;

import io.keyveil.file.FileRecord;
import io.keyveil.link.LinkState;
import io.keyveil.link.LinkToken;
import java.util.Optional;

/** What came of a request by link. */
public sealed interface LinkAnswer {
  <R> R match(Cases<R> cases);

  /** One function for each answer. */
  interface Cases<R> {
    R outcome(Outcome outcome, Optional<LinkToken> cookie);

    R landing(LinkState link, FileRecord file);

    R pressed(Optional<LinkToken> cookie);
  }

  /**
   * What came of it as of any request for a download.
   *
   * @param cookie the cookie by which the client is known from now on, if it gets one
   */
  record Decided(Outcome outcome, Optional<LinkToken> cookie) implements LinkAnswer {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.outcome(outcome, cookie);
    }
  }

  /** The page whose button starts the download; recorded. */
  record Landing(LinkState link, FileRecord file) implements LinkAnswer {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.landing(link, file);
    }
  }

  /** The button was pressed, and the download may start. */
  record Pressed(Optional<LinkToken> cookie) implements LinkAnswer {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.pressed(cookie);
    }
  }
}
