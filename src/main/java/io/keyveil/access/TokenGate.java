package io.keyveil.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.access.Checked.Passed;
import io.keyveil.access.Checked.Refused;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The gate before the signature engine: it lets nothing through about whose reading two parsers
 * could differ, and nothing that asks for a key or an algorithm which is not ours to use.
 */
final class TokenGate {
  private final int maxLength;
  private final Set<String> types;
  private final Map<String, IssuerSettings> issuers;

  TokenGate(TokenSettings settings) {
    maxLength = settings.maxLength();
    types =
        settings.types().stream()
            .map(TokenHeader::mediaType)
            .collect(Collectors.toUnmodifiableSet());
    issuers =
        settings.issuers().stream()
            .collect(Collectors.toUnmodifiableMap(IssuerSettings::issuer, Function.identity()));
  }

  /** Looks the token over; its signature is not checked yet. */
  Checked<Candidate> open(Token token) {
    return Jws.parse(token.text(), maxLength)
        .then(jws -> TokenHeader.read(jws.header()).then(header -> typed(token, jws, header)));
  }

  private Checked<Candidate> typed(Token token, Jws jws, TokenHeader header) {
    // RFC 9068 section 4: without a type, an ID token would pass for an access token.
    return header.type().filter(types::contains).isPresent()
        ? jws.claims().then(claims -> issued(token, jws, header, claims))
        : new Refused<>(Rejection.TYPE);
  }

  private Checked<Candidate> issued(Token token, Jws jws, TokenHeader header, ObjectNode claims) {
    JsonNode iss = claims.path("iss");
    IssuerSettings issuer = iss.isTextual() ? issuers.get(iss.textValue()) : null;
    if (issuer == null) {
      return new Refused<>(Rejection.ISSUER);
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
      Token token, Jws jws, TokenHeader header, ObjectNode claims, IssuerSettings issuer) {
    @Override
    public String toString() {
      return "Candidate[" + token + "]";
    }
  }
}
