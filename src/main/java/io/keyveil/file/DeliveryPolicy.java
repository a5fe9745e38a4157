package io.keyveil.file;

import java.util.Locale;

/** How the bytes of a file are asked to leave; the veil may overrule it. */
public enum DeliveryPolicy {
  /** Redirect where the key is opaque and the client loses nothing by it, else stream. */
  AUTO,
  /** Never redirect. */
  STREAM,
  /** Redirect every GET of an opaque key. */
  REDIRECT;

  /** The word in JSON, settings and the store. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
