package io.keyveil.page;

/** The pages cannot be made of these settings; the message is one line for the operator. */
public final class InvalidPagesException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public InvalidPagesException(String why) {
    super(why, null, false, false);
  }
}
