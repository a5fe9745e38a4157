package io.keyveil.delivery;

/** A read from S3 that failed. Its message is our own; nothing of S3's text is in it. */
public final class SourceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final SourceFailure failure;

  /**
   * @param detail for the operator: a status, an error code from a list, never S3's message
   */
  public SourceException(SourceFailure failure, String detail) {
    super(detail, null, false, false);
    this.failure = failure;
  }

  public SourceFailure failure() {
    return failure;
  }
}
