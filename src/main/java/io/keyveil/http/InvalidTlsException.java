package io.keyveil.http;

/** The certificate or its key cannot be used; the message is one line for the operator. */
public final class InvalidTlsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public InvalidTlsException(String why) {
    super(why, null, false, false);
  }
}
