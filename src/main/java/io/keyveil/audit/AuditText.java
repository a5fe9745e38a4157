package io.keyveil.audit;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** The forms that free text in a record is held to, so that nothing private fits into it. */
final class AuditText {
  private static final Pattern WORD = Pattern.compile("[a-z][a-z0-9-]{0,63}");
  private static final Pattern RANGE = Pattern.compile("[0-9]{0,19}-[0-9]{0,19}");

  private AuditText() {}

  static void requireWord(String field, String word) {
    if (!WORD.matcher(word).matches()) {
      throw new IllegalArgumentException(field + ": not a word (expected: a-z, 0-9 and -)");
    }
  }

  /**
   * The text as UTF-8 can say it: half a surrogate pair, which JSON can carry in a token, becomes a
   * question mark instead of a record that cannot be written.
   */
  static String encodable(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
      }
    }
    return text;
  }

  static void requireRange(String range) {
    if (!RANGE.matcher(range).matches()) {
      throw new IllegalArgumentException("range: not a range (expected: such as 0-99)");
    }
  }
}
