package io.keyveil.delivery;

import java.util.Locale;

/** Why a download was refused. Clients learn less: the last five look the same to them. */
public enum Refusal {
  NO_CREDENTIAL,
  INVALID_TOKEN,
  /** The token holds, but its subject, its client, its issuer or itself is switched off. */
  BLOCKED_TOKEN,
  INSUFFICIENT_SCOPE,
  /** The subject, or its address, asks faster than it may. */
  TOO_FAST,
  /** The subject already has as many downloads as it may have at once. */
  TOO_MANY,
  /** The gateway already has as many downloads as it may have at once. */
  FULL,
  /** All downloads are switched off. */
  BLOCKED,
  /** There is no such file, or the text is no file ID. */
  UNKNOWN,
  /** The access rule does not hold for this subject. */
  FOREIGN,
  REVOKED,
  EXPIRED,
  /** The file is switched off. */
  BLOCKED_FILE;

  /** The status it is answered with. */
  public int status() {
    return switch (this) {
      case NO_CREDENTIAL, INVALID_TOKEN, BLOCKED_TOKEN -> 401;
      case INSUFFICIENT_SCOPE -> 403;
      case TOO_FAST, TOO_MANY -> 429;
      case FULL, BLOCKED -> 503;
      case UNKNOWN, FOREIGN, REVOKED, EXPIRED, BLOCKED_FILE -> 404;
    };
  }

  /** The word for logs, metrics and the audit log. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
