package io.keyveil.s3;

import java.util.Arrays;
import java.util.Optional;

/** How S3 encrypts what Keyveil uploads. */
public enum Encryption {
  NONE("none"),
  AES256("AES256"),
  KMS("aws:kms");

  private final String word;

  Encryption(String word) {
    this.word = word;
  }

  /** The word in settings and in S3's header. */
  public String word() {
    return word;
  }

  public static Optional<Encryption> parse(String word) {
    return Arrays.stream(values()).filter(value -> value.word.equals(word)).findFirst();
  }
}
