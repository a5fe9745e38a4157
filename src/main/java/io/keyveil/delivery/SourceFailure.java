package io.keyveil.delivery;

import java.util.Locale;

/** Why S3 did not give the bytes that were asked for. */
public enum SourceFailure {
  /** The object is no longer there. */
  GONE,
  /** The object is not the one that was registered. */
  CHANGED,
  /** S3 refuses us: rights, signature, clock, or a bucket elsewhere. */
  REFUSED,
  /** S3 is overloaded. */
  BUSY,
  /** Our own connections to S3 are used up. */
  FULL,
  /** S3 failed so often of late that it is left alone for a while. */
  RESTING,
  /** S3 did not answer, or fell silent. */
  SILENT,
  /** The connection broke, or what came was not what was promised. */
  BROKEN,
  /** All bytes came, and their checksum is another than the one that was registered. */
  CORRUPT;

  /** The status it is answered with. */
  public int status() {
    return switch (this) {
      case GONE, CHANGED -> 410;
      case REFUSED, BROKEN, CORRUPT -> 502;
      case BUSY, FULL, RESTING -> 503;
      case SILENT -> 504;
    };
  }

  /** The word for logs, metrics and the audit log. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
