package io.keyveil.file;

import java.util.Locale;

/** Whether a file is still given out. */
public enum FileState {
  ACTIVE,
  REVOKED;

  /** The word in JSON and the store. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
