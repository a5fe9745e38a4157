package io.keyveil.link;

import io.keyveil.file.FileId;
import java.security.SecureRandom;
import java.util.Optional;

/**
 * The name of a link, which opens nothing: as random as a file's, and of the same form.
 *
 * @param text 22 characters of base64url
 */
public record LinkId(String text) {
  /** The ID in a piece of text, or empty if it is none. */
  public static Optional<LinkId> parse(String text) {
    return FileId.parse(text).map(id -> new LinkId(id.text()));
  }

  static LinkId random(SecureRandom random) {
    return new LinkId(FileId.random(random).text());
  }

  @Override
  public String toString() {
    return text;
  }
}
