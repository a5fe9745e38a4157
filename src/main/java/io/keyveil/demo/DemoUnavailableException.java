package io.keyveil.demo;

/** The demo cannot run here; the message says what is missing. */
public final class DemoUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public DemoUnavailableException(String why, Throwable cause) {
    super(why, cause);
  }
}
