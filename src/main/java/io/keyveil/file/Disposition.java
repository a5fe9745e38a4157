package io.keyveil.file;

import java.util.Locale;

/** Whether a browser should save a file or show it (RFC 6266 section 4.2). */
public enum Disposition {
  ATTACHMENT,
  INLINE;

  /** The word in headers, JSON and the store. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
