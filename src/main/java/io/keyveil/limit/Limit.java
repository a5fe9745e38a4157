package io.keyveil.limit;

import java.util.Locale;

/** What is limited; each limit counts by itself. */
public enum Limit {
  /** Requests of an address, whatever they ask for. */
  ADDRESS,
  /** Bytes of files that are streamed to an address. */
  ADDRESS_BYTES,
  /** Requests of a subject. */
  SUBJECT,
  /** Bytes of files that are streamed to a subject. */
  SUBJECT_BYTES,
  /** Registrations by a subject. */
  REGISTRATION,
  /** Requests for links by a subject. */
  MINTING,
  /** Credentials from an address that did not hold. */
  FAILURES;

  /** Whether it counts bytes, and otherwise requests. */
  public boolean countsBytes() {
    return switch (this) {
      case ADDRESS_BYTES, SUBJECT_BYTES -> true;
      case ADDRESS, SUBJECT, REGISTRATION, MINTING, FAILURES -> false;
    };
  }

  /** The word for logs, metrics and header fields. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
