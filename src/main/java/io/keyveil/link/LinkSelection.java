package io.keyveil.link;

import io.keyveil.file.FileId;
import java.util.Optional;

/** Which links are meant. */
public sealed interface LinkSelection {
  <R> R match(Cases<R> cases);

  /** One function for each selection. */
  interface Cases<R> {
    R one(LinkId id);

    R ofFile(FileId file);

    R mintedBy(String subject, Optional<String> issuer);
  }

  /** A single link. */
  record One(LinkId id) implements LinkSelection {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.one(id);
    }
  }

  /** Every link that covers a file. */
  record OfFile(FileId file) implements LinkSelection {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.ofFile(file);
    }
  }

  /**
   * Every link that a backend made.
   *
   * @param subject the backend
   * @param issuer whose subject it is; empty: any issuer's
   */
  record MintedBy(String subject, Optional<String> issuer) implements LinkSelection {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.mintedBy(subject, issuer);
    }
  }
}
