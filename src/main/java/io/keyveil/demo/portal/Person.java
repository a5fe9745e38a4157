package io.keyveil.demo.portal;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Who can sign in, without a password, since this is a demo. */
public enum Person {
  ALICE("Alice"),
  BOB("Bob");

  private final String called;

  Person(String called) {
    this.called = called;
  }

  static Optional<Person> of(String subject) {
    return Arrays.stream(values()).filter(person -> person.subject().equals(subject)).findFirst();
  }

  /** As tokens and the audit log have it. */
  public String subject() {
    return name().toLowerCase(Locale.ROOT);
  }

  String called() {
    return called;
  }
}
