package io.keyveil.delivery;

import java.time.Instant;

/**
 * A URL that gives away its object to whoever holds it. It cannot be printed; only the redirect
 * writer and the upstream client open it.
 */
public final class SignedUrl {
  private final String url;
  private final Instant expiresAt;

  public SignedUrl(String url, Instant expiresAt) {
    this.url = url;
    this.expiresAt = expiresAt;
  }

  /** The URL itself. */
  public String reveal() {
    return url;
  }

  /** When S3 stops honouring it for new requests. */
  public Instant expiresAt() {
    return expiresAt;
  }

  @Override
  public String toString() {
    return "SignedUrl[***]";
  }
}
