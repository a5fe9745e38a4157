package io.keyveil.config;

import java.util.Locale;

/** What the gateway is run for, and so what it refuses to start with. */
public enum Profile {
  /** Real data: settings under which it could leak are refused. */
  PRODUCTION,
  /** Trying things out: plain HTTP and unchecked audiences are allowed. */
  DEVELOPMENT;

  /** The word in settings. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
