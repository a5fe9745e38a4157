package io.keyveil.access;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How the tokens of one issuer have to be: what it says itself, and for the rest what is said for
 * all.
 *
 * @param issuer the exact {@code iss}
 * @param audiences of which {@code aud} must name one; empty: any will do
 * @param algorithms the algorithms it signs with
 * @param types the accepted types, as {@link TokenHeader#mediaType} writes them
 * @param leeway how far apart its clock and ours may be
 * @param maxLife the longest life of a token
 * @param required claims that have to be there
 * @param scopes where scopes may stand
 * @param roles where roles may stand
 */
record IssuerPolicy(
    String issuer,
    Set<String> audiences,
    Set<Algorithm> algorithms,
    Set<String> types,
    Duration leeway,
    Duration maxLife,
    List<ClaimPath> required,
    List<ClaimPath> scopes,
    List<ClaimPath> roles) {
  static IssuerPolicy of(TokenSettings all, IssuerSettings own) {
    List<String> types = own.types().isEmpty() ? all.types() : own.types();
    return new IssuerPolicy(
        own.issuer(),
        Set.copyOf(own.audience()),
        Set.copyOf(own.algorithms()),
        types.stream().map(TokenHeader::mediaType).collect(Collectors.toUnmodifiableSet()),
        own.leeway().orElse(all.leeway()),
        own.maxLife().orElse(all.maxLife()),
        paths(own.requiredClaims()),
        paths(own.scopeClaims()),
        paths(own.roleClaims()));
  }

  private static List<ClaimPath> paths(List<String> claims) {
    return claims.stream().map(ClaimPath::of).toList();
  }
}
