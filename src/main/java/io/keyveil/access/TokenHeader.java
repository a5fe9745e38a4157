package io.keyveil.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.access.Checked.Passed;
import io.keyveil.access.Checked.Refused;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a token says of its own signature: never more than a wish.
 *
 * @param algorithm what {@code alg} asks for
 * @param kid the name of a key, good for looking it up in a map and for nothing else
 * @param type {@code typ} without {@code application/}, in lower case
 */
record TokenHeader(Algorithm algorithm, Optional<String> kid, Optional<String> type) {
  private static final int MAX_KID = 256;

  /**
   * Extensions that we do not know (crit, b64), and keys that the token brings along: who follows
   * one of those lets the attacker choose the key.
   */
  private static final List<String> REFUSED =
      List.of("crit", "b64", "jwk", "jku", "x5u", "x5c", "zip", "enc");

  /** Reads the header of a token. */
  static Checked<TokenHeader> read(ObjectNode header) {
    if (REFUSED.stream().anyMatch(header::has) || !isOptionalText(header, "kid")) {
      return new Refused<>(Rejection.HEADER);
    }
    if (!isOptionalText(header, "typ")) {
      return new Refused<>(Rejection.TYPE);
    }
    if (header.has("cty") && !isHarmlessContent(header.path("cty"))) {
      return new Refused<>(Rejection.HEADER);
    }
    return algorithm(header.path("alg"))
        .<Checked<TokenHeader>>map(algorithm -> new Passed<>(of(algorithm, header)))
        .orElseGet(() -> new Refused<>(Rejection.ALGORITHM));
  }

  private static TokenHeader of(Algorithm algorithm, ObjectNode header) {
    return new TokenHeader(
        algorithm,
        Optional.ofNullable(header.path("kid").textValue()),
        Optional.ofNullable(header.path("typ").textValue()).map(TokenHeader::mediaType));
  }

  /** The form in which types are compared (RFC 7515 section 4.1.9). */
  static String mediaType(String type) {
    String lower = type.toLowerCase(Locale.ROOT);
    return lower.startsWith("application/") ? lower.substring("application/".length()) : lower;
  }

  private static boolean isOptionalText(ObjectNode header, String name) {
    JsonNode value = header.get(name);
    return value == null
        || (value.isTextual()
            && !value.textValue().isEmpty()
            && value.textValue().length() <= MAX_KID);
  }

  /** A token within a token is refused (RFC 7519 section 5.2). */
  private static boolean isHarmlessContent(JsonNode cty) {
    return cty.isTextual() && !mediaType(cty.textValue()).equals("jwt");
  }

  private static Optional<Algorithm> algorithm(JsonNode alg) {
    return Arrays.stream(Algorithm.values())
        .filter(algorithm -> alg.isTextual() && algorithm.name().equals(alg.textValue()))
        .findFirst();
  }
}
