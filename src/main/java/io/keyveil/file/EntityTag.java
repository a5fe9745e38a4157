package io.keyveil.file;

import java.util.regex.Pattern;

/**
 * A strong entity tag with its quotes, as S3 gives it and as clients send it back (RFC 9110 section
 * 8.8.3).
 */
public record EntityTag(String text) {
  private static final Pattern FORM = Pattern.compile("\"[\\x21\\x23-\\x7e]{0,254}\"");

  public EntityTag {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException("not a strong entity tag (expected: quoted ASCII)");
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
