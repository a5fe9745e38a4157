package io.keyveil.file;

/** The store gave no answer: it is down, full, locked or corrupt. Its message names no content. */
public final class StoreUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StoreUnavailableException(String why, Throwable cause) {
    super(why, cause);
  }

  public StoreUnavailableException(String why) {
    super(why);
  }
}
