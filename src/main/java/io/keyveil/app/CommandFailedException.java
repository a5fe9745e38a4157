package io.keyveil.app;

/** A command could not do what it was asked; the message is the one line to print. */
final class CommandFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CommandFailedException(String line) {
    super(line, null, false, false);
  }
}
