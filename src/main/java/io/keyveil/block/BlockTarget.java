package io.keyveil.block;

import io.keyveil.file.FileId;
import java.util.Optional;

/**
 * What a block is aimed at.
 *
 * @param kind what kind of thing it is
 * @param value which of them; empty for {@link BlockKind#EVERYTHING}
 * @param issuer whose subject, client or token it is; empty: any issuer's
 */
public record BlockTarget(BlockKind kind, String value, Optional<String> issuer) {
  private static final int LONGEST = 256;

  /** Makes sure that the parts fit each other; a message names the field, as the API calls it. */
  public BlockTarget {
    if (kind == BlockKind.EVERYTHING ? !value.isEmpty() : !isText(value)) {
      throw bad(
          "value",
          value.isEmpty() ? "missing" : "not accepted",
          kind == BlockKind.EVERYTHING
              ? "nothing, as everything is meant"
              : "1 to " + LONGEST + " characters, none of them a control");
    }
    boolean hasForm =
        switch (kind) {
          case FILE, LINK -> FileId.parse(value).isPresent();
          case EVERYTHING, ISSUER, SUBJECT, CLIENT, TOKEN -> true;
        };
    if (!hasForm) {
      throw bad("value", "no ID", "22 of A-Z a-z 0-9 - _");
    }
    if (issuer.isPresent() && !(kind.belongsToAnIssuer() && isText(issuer.get()))) {
      throw bad("issuer", "not accepted", "an issuer beside a subject, a client or a token");
    }
  }

  private static boolean isText(String text) {
    return !text.isEmpty()
        && text.length() <= LONGEST
        && text.codePoints().noneMatch(BlockTarget::isUnprintable);
  }

  private static boolean isUnprintable(int codePoint) {
    return Character.isISOControl(codePoint) || Character.getType(codePoint) == Character.SURROGATE;
  }

  private static IllegalArgumentException bad(String field, String found, String expected) {
    return new IllegalArgumentException("%s: %s (expected: %s)".formatted(field, found, expected));
  }
}
