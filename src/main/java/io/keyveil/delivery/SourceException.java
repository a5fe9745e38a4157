package io.keyveil.delivery;

import java.time.Duration;

/** A read from S3 that failed. Its message is our own; nothing of S3's text is in it. */
public final class SourceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final SourceFailure failure;
  private final Duration retryAfter;

  /**
   * @param detail for the operator: a status, an error code from a list, never S3's message
   */
  public SourceException(SourceFailure failure, String detail) {
    this(failure, detail, Duration.ZERO);
  }

  /**
   * @param retryAfter when it makes sense to ask again; zero if that is not known
   */
  public SourceException(SourceFailure failure, String detail, Duration retryAfter) {
    super(detail, null, false, false);
    this.failure = failure;
    this.retryAfter = retryAfter;
  }

  public SourceFailure failure() {
    return failure;
  }

  /** When it makes sense to ask again; zero if that is not known. */
  public Duration retryAfter() {
    return retryAfter;
  }
}
