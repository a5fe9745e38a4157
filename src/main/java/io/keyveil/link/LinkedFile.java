package io.keyveil.link;

import io.keyveil.file.FileId;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A file of a link.
 *
 * @param name the last part of the file's own address under the link; empty where the link has one
 *     file and no names
 * @param id which file it is
 */
public record LinkedFile(Optional<String> name, FileId id) {
  /** Names that stand in an address as they are, and that no client normalises away. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+-]{0,127}");

  /** What a name has to be, in words. */
  static final String EXPECTED = "1 to 128 of A-Z a-z 0-9 . _ + -, the first a letter or digit";

  public LinkedFile {
    if (name.isPresent() && !isName(name.get())) {
      throw new IllegalArgumentException("name: not accepted (expected: " + EXPECTED + ")");
    }
  }

  static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }
}
