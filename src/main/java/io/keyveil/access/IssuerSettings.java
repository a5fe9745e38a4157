package io.keyveil.access;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Whose tokens count, and where that issuer's keys are.
 *
 * @param issuer the exact text of {@code iss}; nothing is normalised
 * @param audience the text that {@code aud} must be or contain; empty: any audience, which only the
 *     development profile allows
 * @param jwks where the JWK set is: {@code https://...}, {@code http://...} (development only) or
 *     {@code file:PATH}
 * @param algorithms the signature algorithms this issuer uses; a token with any other is rejected
 */
public record IssuerSettings(
    String issuer, String audience, String jwks, List<Algorithm> algorithms) {
  /** The algorithms of an issuer that names none. */
  public static final List<Algorithm> DEFAULT_ALGORITHMS =
      List.of(Algorithm.RS256, Algorithm.ES256);

  private static final String FILE = "file:";

  public IssuerSettings {
    algorithms = List.copyOf(algorithms);
    if (!isName(issuer)) {
      throw bad("issuer", issuer, "1 to 256 characters, as in the tokens' iss");
    }
    if (!audience.isEmpty() && !isName(audience)) {
      throw bad("audience", audience, "at most 256 characters, none of them a control");
    }
    if (!isPlace(jwks)) {
      throw bad("jwks", jwks, "https://HOST/PATH, http://HOST/PATH or file:PATH");
    }
    if (algorithms.isEmpty() || Set.copyOf(algorithms).size() < algorithms.size()) {
      throw bad("algorithms", algorithms.toString(), "at least one, none of them twice");
    }
  }

  /** Whether the keys are read from a file. */
  public boolean keysInFile() {
    return jwks.startsWith(FILE);
  }

  /** Whether the keys come over a connection that proves nothing about whose they are. */
  public boolean keysOverPlainHttp() {
    return jwks.toLowerCase(Locale.ROOT).startsWith("http:");
  }

  /** The file of the keys; only where {@link #keysInFile}. */
  Path keysFile() {
    return Path.of(jwks.substring(FILE.length())).toAbsolutePath().normalize();
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
