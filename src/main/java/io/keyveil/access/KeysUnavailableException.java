package io.keyveil.access;

/** An issuer's keys could not be had, so its tokens can be neither accepted nor rejected. */
public final class KeysUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public KeysUnavailableException(String issuer, String why) {
    super("no keys of issuer " + issuer + ": " + why, null, false, false);
  }
}
