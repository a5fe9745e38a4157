package io.keyveil.delivery;

import java.util.Locale;

/** Why a download was refused. Clients learn less: the last four look the same to them. */
public enum Refusal {
  NO_CREDENTIAL,
  INVALID_TOKEN,
  INSUFFICIENT_SCOPE,
  /** There is no such file, or the text is no file ID. */
  UNKNOWN,
  /** The access rule does not hold for this subject. */
  FOREIGN,
  REVOKED,
  EXPIRED;

  /** The word for logs, metrics and the audit log. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
