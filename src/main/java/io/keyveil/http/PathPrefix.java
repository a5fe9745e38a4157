package io.keyveil.http;

import java.util.Locale;

/** What the proxy in front does with the path of {@code publicUrl} before it passes requests on. */
public enum PathPrefix {
  STRIPPED,
  KEPT;

  private final String word = name().toLowerCase(Locale.ROOT);

  /** The word in the settings. */
  public String word() {
    return word;
  }
}
