package io.keyveil.audit;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A place in the chain of records.
 *
 * @param seq the number of the last record, from 1; 0 before the first
 * @param digest the hex SHA-256 of its line without the line end; zeros before the first
 */
record ChainLink(long seq, String digest) {
  static final ChainLink START = new ChainLink(0, "0".repeat(64));

  /** The link that a line makes. */
  static ChainLink of(long seq, byte[] line) {
    return new ChainLink(seq, HexFormat.of().formatHex(sha256().digest(line)));
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
