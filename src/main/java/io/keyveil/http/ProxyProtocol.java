package io.keyveil.http;

import java.util.Locale;

/** Whether connections begin with a PROXY header, version 1 or 2, that names the client. */
public enum ProxyProtocol {
  OFF,
  /** Each has one and comes from a trusted proxy, or is closed. */
  REQUIRED;

  private final String word = name().toLowerCase(Locale.ROOT);

  /** The word in the settings. */
  public String word() {
    return word;
  }
}
