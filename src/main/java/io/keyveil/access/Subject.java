package io.keyveil.access;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who a verified token speaks for. A subject exists only as the fruit of verification, so its
 * constructor stays inside this package.
 */
public final class Subject {
  private final String issuer;
  private final String name;
  private final Optional<String> client;
  private final Optional<String> tokenId;
  private final Set<String> scopes;
  private final Set<String> roles;
  private final Map<String, Set<String>> claims;
  private final String tokenDigest;
  private final Instant expiresAt;

  Subject(
      String issuer,
      String name,
      Optional<String> client,
      Optional<String> tokenId,
      Set<String> scopes,
      Set<String> roles,
      Map<String, Set<String>> claims,
      String tokenDigest,
      Instant expiresAt) {
    this.issuer = issuer;
    this.name = name;
    this.client = client;
    this.tokenId = tokenId;
    this.scopes = Set.copyOf(scopes);
    this.roles = Set.copyOf(roles);
    this.claims = Map.copyOf(claims);
    this.tokenDigest = tokenDigest;
    this.expiresAt = expiresAt;
  }

  /** The verified {@code iss}. */
  public String issuer() {
    return issuer;
  }

  /** The verified {@code sub}; unique only together with the issuer (RFC 7519 section 4.1.2). */
  public String name() {
    return name;
  }

  /** The OAuth client the token was issued to ({@code client_id} or {@code azp}), if it says so. */
  public Optional<String> client() {
    return client;
  }

  /** The token's own ID ({@code jti}), if it has one. */
  public Optional<String> tokenId() {
    return tokenId;
  }

  /** The granted scopes. */
  public Set<String> scopes() {
    return scopes;
  }

  public boolean hasScope(String scope) {
    return scopes.contains(scope);
  }

  /** Whether the issuer says that this is a role of the subject's. */
  public boolean hasRole(String role) {
    return roles.contains(role);
  }

  /** Whether the claim has this value, or is a list that contains it. */
  public boolean hasClaim(String claim, String value) {
    return claims.getOrDefault(claim, Set.of()).contains(value);
  }

  /** Whether the claim is a list with this element, or a text with this among its words. */
  public boolean claimContains(String claim, String value) {
    return claims.getOrDefault(claim, Set.of()).stream()
        .anyMatch(found -> found.equals(value) || List.of(found.split(" ", -1)).contains(value));
  }

  /** The hex SHA-256 of the token, for the audit log. */
  public String tokenDigest() {
    return tokenDigest;
  }

  /** When the token ends; downloads that run may finish. */
  public Instant expiresAt() {
    return expiresAt;
  }

  @Override
  public String toString() {
    return "Subject[" + issuer + " " + name + "]";
  }
}
