package io.keyveil.delivery;

/** How a transfer ended. */
public enum Ending {
  /** Every promised byte was handed to the client's connection. */
  COMPLETE,
  /** The client went away. */
  ABORTED_BY_CLIENT,
  /** The client stood still for too long. */
  CLIENT_STALLED,
  /** S3's side broke, stood still, or gave another number of bytes than it promised. */
  UPSTREAM_FAILED,
  /** The gateway stopped before the transfer was done. */
  CUT_BY_DRAIN
}
