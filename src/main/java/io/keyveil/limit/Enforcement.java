package io.keyveil.limit;

import java.util.Locale;

/** What becomes of whoever is over a limit. */
public enum Enforcement {
  /** Requests are refused, and streams slowed down. */
  ENFORCE,
  /** It is counted and logged, and nothing else. */
  REPORT;

  /** The word for settings, logs and metrics. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
