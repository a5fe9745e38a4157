package io.keyveil.delivery;

/** Nothing was done, or what was done was stopped, because nobody wants it any more. */
public final class InterestLostException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public InterestLostException() {
    super("nobody waits for it any more", null, false, false);
  }
}
