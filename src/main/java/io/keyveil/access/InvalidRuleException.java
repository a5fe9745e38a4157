package io.keyveil.access;

/** An access rule that cannot be read; the message is one line that says where and why. */
public final class InvalidRuleException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  InvalidRuleException(String message) {
    super(message);
  }
}
