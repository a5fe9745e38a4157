package io.keyveil.access;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Whose tokens count, how they have to be, and where that issuer's keys are.
 *
 * @param issuer the exact text of {@code iss}; nothing is normalised
 * @param audience the texts of which {@code aud} must be or contain one; empty: any audience, which
 *     only the development profile allows
 * @param jwks where the JWK set is: {@code https://...}, {@code http://...} (development only),
 *     {@code file:PATH}, or {@code discovery} for what the issuer's OpenID configuration says;
 *     empty where there is a secret
 * @param secret what the issuer signs with in place of a key pair; at least as long as the
 *     algorithms' hashes (RFC 7518 section 3.2); empty where there is a JWK set
 * @param algorithms the signature algorithms this issuer uses; a token with any other is rejected
 * @param types the accepted values of {@code typ}; empty: those of all issuers
 * @param leeway how far apart our clock and this issuer's may be; empty: as for all issuers
 * @param maxLife the longest life of this issuer's tokens; empty: as for all issuers
 * @param requiredClaims the claims that every token has to have
 * @param scopeClaims the claims that may hold scopes, as one text or as a list; a name, or a JSON
 *     pointer (RFC 6901) such as {@code /ext/scope}
 * @param roleClaims the claims that may hold roles, named in the same way
 */
public record IssuerSettings(
    String issuer,
    List<String> audience,
    String jwks,
    Optional<SharedSecret> secret,
    List<Algorithm> algorithms,
    List<String> types,
    Optional<Duration> leeway,
    Optional<Duration> maxLife,
    List<String> requiredClaims,
    List<String> scopeClaims,
    List<String> roleClaims) {
  /** The algorithms of an issuer that names none and has a JWK set. */
  public static final List<Algorithm> DEFAULT_ALGORITHMS =
      List.of(Algorithm.RS256, Algorithm.ES256);

  /** The algorithms of an issuer that names none and has a secret. */
  public static final List<Algorithm> DEFAULT_SECRET_ALGORITHMS = List.of(Algorithm.HS256);

  /** What is required where nothing is said: nothing that tokens do not need anyway. */
  public static final List<String> DEFAULT_REQUIRED_CLAIMS = List.of();

  /** Where issuers write scopes (RFC 8693 section 4.2, and what Okta and Microsoft do). */
  public static final List<String> DEFAULT_SCOPE_CLAIMS = List.of("scope", "scp");

  /** Where issuers write roles (RFC 9068 section 2.2.3.1). */
  public static final List<String> DEFAULT_ROLE_CLAIMS = List.of("roles");

  private static final String FILE = "file:";
  private static final String DISCOVERY = "discovery";
  private static final String WELL_KNOWN = ".well-known/openid-configuration";

  public IssuerSettings {
    audience = List.copyOf(audience);
    algorithms = List.copyOf(algorithms);
    types = List.copyOf(types);
    requiredClaims = List.copyOf(requiredClaims);
    scopeClaims = List.copyOf(scopeClaims);
    roleClaims = List.copyOf(roleClaims);
    if (!isName(issuer)) {
      throw bad("issuer", issuer, "1 to 256 characters, as in the tokens' iss");
    }
    names("audience", audience);
    checkKeys(issuer, jwks, secret);
    checkAlgorithms(algorithms, secret);
    TokenSettings.checkTypes(types);
    leeway.ifPresent(TokenSettings::checkLeeway);
    maxLife.ifPresent(TokenSettings::checkMaxLife);
    names("requiredClaims", requiredClaims);
    claims("scopeClaims", scopeClaims);
    claims("roleClaims", roleClaims);
  }

  /** An issuer with a JWK set, and nothing of its own in how its tokens have to be. */
  public static IssuerSettings of(
      String issuer, String audience, String jwks, List<Algorithm> algorithms) {
    return new IssuerSettings(
        issuer,
        audience.isEmpty() ? List.of() : List.of(audience),
        jwks,
        Optional.empty(),
        algorithms,
        List.of(),
        Optional.empty(),
        Optional.empty(),
        DEFAULT_REQUIRED_CLAIMS,
        DEFAULT_SCOPE_CLAIMS,
        DEFAULT_ROLE_CLAIMS);
  }

  /** Whether the keys are read from a file. */
  public boolean keysInFile() {
    return jwks.startsWith(FILE);
  }

  /** Whether the keys come over a connection that proves nothing about whose they are. */
  public boolean keysOverPlainHttp() {
    String place = keysDiscovered() ? issuer : jwks;
    return place.toLowerCase(Locale.ROOT).startsWith("http:");
  }

  /** Whether the issuer's OpenID configuration says where the keys are. */
  boolean keysDiscovered() {
    return jwks.equals(DISCOVERY);
  }

  /** Where that is (OpenID Connect Discovery 1.0 section 4); only where {@link #keysDiscovered}. */
  String discoveryUrl() {
    return issuer + (issuer.endsWith("/") ? "" : "/") + WELL_KNOWN;
  }

  /** The file of the keys; only where {@link #keysInFile}. */
  Path keysFile() {
    return Path.of(jwks.substring(FILE.length())).toAbsolutePath().normalize();
  }

  private static void checkKeys(String issuer, String jwks, Optional<SharedSecret> secret) {
    if (secret.isPresent()) {
      if (!jwks.isEmpty()) {
        throw bad("jwks", jwks, "nothing beside a secret: an issuer has keys or a secret");
      }
    } else if (jwks.equals(DISCOVERY)) {
      if (!isUrl(issuer)) {
        throw bad("jwks", jwks, "an issuer that is a URL, or where the JWK set is");
      }
    } else if (!isPlace(jwks)) {
      throw bad("jwks", jwks, "https://HOST/PATH, http://HOST/PATH, file:PATH or discovery");
    }
  }

  /** One issuer never mixes the two kinds: else its public key might be taken for a secret. */
  private static void checkAlgorithms(List<Algorithm> algorithms, Optional<SharedSecret> secret) {
    if (algorithms.isEmpty() || Set.copyOf(algorithms).size() < algorithms.size()) {
      throw bad("algorithms", algorithms.toString(), "at least one, none of them twice");
    }
    for (Algorithm algorithm : algorithms) {
      if (algorithm.isSymmetric() != secret.isPresent()) {
        throw bad(
            "algorithms",
            algorithm.name(),
            secret.isPresent()
                ? "HS256, HS384 or HS512 alone, as there is a secret"
                : "public-key algorithms alone, as there is no secret");
      }
      if (secret.filter(shared -> shared.length() < algorithm.signatureLength()).isPresent()) {
        throw bad(
            "secret",
            "a secret of " + secret.get().length() + " bytes",
            "at least " + algorithm.signatureLength() + " for " + algorithm);
      }
    }
  }

  private static void names(String field, List<String> names) {
    for (String name : names) {
      if (!isName(name)) {
        throw bad(field, name, "1 to 256 characters each, none of them a control");
      }
    }
  }

  private static void claims(String field, List<String> claims) {
    names(field, claims);
    for (String claim : claims) {
      if (!ClaimPath.isValid(claim)) {
        throw bad(field, claim, "names, or JSON pointers such as /realm_access/roles");
      }
    }
  }

  private static boolean isName(String text) {
    return !text.isBlank()
        && text.length() <= 256
        && text.chars().noneMatch(Character::isISOControl);
  }

  private static boolean isPlace(String jwks) {
    return jwks.startsWith(FILE) ? isPath(jwks.substring(FILE.length())) : isUrl(jwks);
  }

  private static boolean isPath(String path) {
    try {
      return !path.isBlank() && !Path.of(path).toString().isEmpty();
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static boolean isUrl(String text) {
    try {
      URI uri = new URI(text);
      return ("https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme()))
          && uri.getHost() != null
          && uri.getUserInfo() == null
          && uri.getFragment() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static IllegalArgumentException bad(String field, String found, String expected) {
    String shown = found.isBlank() ? "nothing" : found;
    return new IllegalArgumentException("%s: %s (expected: %s)".formatted(field, shown, expected));
  }
}
