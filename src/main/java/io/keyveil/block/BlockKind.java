package io.keyveil.block;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a block switches off. */
public enum BlockKind {
  /** Every download; the API goes on, so that the block can be lifted. */
  EVERYTHING,
  /** Every token of an issuer, by {@code iss}. */
  ISSUER,
  /** Every token of a subject, by {@code sub}. */
  SUBJECT,
  /** Every token that was issued to an OAuth client, by {@code client_id} or {@code azp}. */
  CLIENT,
  /** One token, by its {@code jti} or by the SHA-256 that the audit log knows it by. */
  TOKEN,
  /** A file, by its ID. */
  FILE,
  /** A link, by its ID. */
  LINK;

  private final String word = name().toLowerCase(Locale.ROOT);

  /** The kind that this word names. */
  public static Optional<BlockKind> of(String word) {
    return Arrays.stream(values()).filter(kind -> kind.word.equals(word)).findFirst();
  }

  /** The word in requests, on the command line and in the audit log. */
  public String word() {
    return word;
  }

  /** Whether the same value may mean others elsewhere, so that an issuer may be named with it. */
  boolean belongsToAnIssuer() {
    return switch (this) {
      case SUBJECT, CLIENT, TOKEN -> true;
      case EVERYTHING, ISSUER, FILE, LINK -> false;
    };
  }
}
