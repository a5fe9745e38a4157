package io.keyveil.access;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;

/**
 * Where in a token a claim stands: a name, which is taken as it is, dots and all, or a JSON pointer
 * (RFC 6901), which begins with a slash.
 *
 * @param pointer the way to it
 */
record ClaimPath(JsonPointer pointer) {
  /** The place that this text names; it has to be valid. */
  static ClaimPath of(String text) {
    return new ClaimPath(
        text.startsWith("/")
            ? JsonPointer.compile(text)
            : JsonPointer.empty().appendProperty(text));
  }

  /** Whether the text names a place. */
  static boolean isValid(String text) {
    // Jackson takes any escape; RFC 6901 section 3 knows two.
    return !text.startsWith("/") || !text.matches(".*~(?![01]).*");
  }

  /** What stands there; a missing node where there is nothing. */
  JsonNode in(JsonNode claims) {
    return claims.at(pointer);
  }
}
