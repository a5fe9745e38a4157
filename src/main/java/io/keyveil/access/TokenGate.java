package io.keyveil.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.access.Checked.Passed;
import io.keyveil.access.Checked.Refused;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The gate before the signature engine: it lets nothing through about whose reading two parsers
 * could differ, and nothing that asks for a key or an algorithm which is not ours to use.
 */
final class TokenGate {
  private final int maxLength;
  private final Map<String, IssuerPolicy> issuers;

  TokenGate(TokenSettings settings) {
    maxLength = settings.maxLength();
    issuers =
        settings.issuers().stream()
            .map(issuer -> IssuerPolicy.of(settings, issuer))
            .collect(Collectors.toUnmodifiableMap(IssuerPolicy::issuer, Function.identity()));
  }

  /** Looks the token over; its signature is not checked yet. */
  Checked<Candidate> open(Token token) {
    return Jws.parse(token.text(), maxLength)
        .then(
            jws ->
                TokenHeader.read(jws.header())
                    .then(header -> jws.claims().then(it -> issued(token, jws, header, it))));
  }

  /** From here on the issuer's own rules count; that it is one of ours has to come first. */
  private Checked<Candidate> issued(Token token, Jws jws, TokenHeader header, ObjectNode claims) {
    JsonNode iss = claims.path("iss");
    IssuerPolicy issuer = iss.isTextual() ? issuers.get(iss.textValue()) : null;
    if (issuer == null) {
      return new Refused<>(Rejection.ISSUER);
    }
    // RFC 9068 section 4: without a type, an ID token would pass for an access token.
    if (header.type().filter(issuer.types()::contains).isEmpty()) {
      return new Refused<>(Rejection.TYPE);
    }
    return issuer.algorithms().contains(header.algorithm())
        ? new Passed<>(new Candidate(token, jws, header, claims, issuer))
        : new Refused<>(Rejection.ALGORITHM);
  }

  /**
   * A token that is well formed and asks for a key of one of our issuers.
   *
   * @param claims what it says, not to be believed before its signature holds
   */
  record Candidate(
      Token token, Jws jws, TokenHeader header, ObjectNode claims, IssuerPolicy issuer) {
    @Override
    public String toString() {
      return "Candidate[" + token + "]";
    }
  }
}
