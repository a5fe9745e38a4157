package io.keyveil.block;

import io.keyveil.file.FileId;
import java.security.SecureRandom;
import java.util.Optional;

/**
 * The name of a block: as random as a file's, and of the same form.
 *
 * @param text 22 characters of base64url
 */
public record BlockId(String text) {
  /** The ID in a piece of text, or empty if it is none. */
  public static Optional<BlockId> parse(String text) {
    return FileId.parse(text).map(id -> new BlockId(id.text()));
  }

  static BlockId random(SecureRandom random) {
    return new BlockId(FileId.random(random).text());
  }

  @Override
  public String toString() {
    return text;
  }
}
