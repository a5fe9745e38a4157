package io.keyveil.link;

import io.keyveil.file.FileId;
import java.security.SecureRandom;

/**
 * The name of a window, as random as a file's.
 *
 * @param text 22 characters of base64url
 */
public record WindowId(String text) {
  static WindowId random(SecureRandom random) {
    return new WindowId(FileId.random(random).text());
  }

  @Override
  public String toString() {
    return text;
  }
}
