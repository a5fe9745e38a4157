package io.keyveil.delivery;

import java.util.Locale;

/** What was missing so that no decision could be made or recorded. */
public enum Shortage {
  /** The keys of the token's issuer. */
  KEYS,
  /** The store. */
  STORE,
  /** The audit log. */
  AUDIT;

  /** The word for logs and metrics. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
