package io.keyveil.delivery;

import java.util.Optional;

/** What shall be answered to an allowed request. */
public sealed interface Plan {
  <R> R match(Cases<R> cases);

  /** One function for each plan; a new plan stops the build in every reader. */
  interface Cases<R> {
    R send(Send send);

    R redirect(Redirect redirect);

    R notModified();

    R preconditionFailed();

    R unsatisfiable();
  }

  /**
   * Send the file's header fields, and its bytes unless only the fields are wanted.
   *
   * @param span the part to send, or empty for the whole
   * @param head whether only the fields are wanted
   */
  record Send(Optional<ByteSpan> span, boolean head) implements Plan {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.send(this);
    }
  }

  /** Send the client to S3; only ever planned for an opaque key. */
  record Redirect() implements Plan {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.redirect(this);
    }
  }

  /** 304 (RFC 9110 section 15.4.5). */
  record NotModified() implements Plan {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.notModified();
    }
  }

  /** 412 (RFC 9110 section 15.5.13). */
  record PreconditionFailed() implements Plan {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.preconditionFailed();
    }
  }

  /** 416 (RFC 9110 section 15.5.17). */
  record Unsatisfiable() implements Plan {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.unsatisfiable();
    }
  }
}
