package io.keyveil.access;

/** A JWK set that is refused whole; the message says why and shows no key material. */
final class InvalidKeysException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  InvalidKeysException(String message) {
    super(message, null, false, false);
  }
}
