package io.keyveil.audit;

import java.util.Locale;

/** What a record survives once its future is done. */
public enum Durability {
  /** A power cut: the disk has confirmed it. */
  FSYNC,
  /** The end of this process, but not of the machine: the operating system has it. */
  WRITE;

  /** The word in settings. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
