package io.keyveil.access;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Which tokens are accepted.
 *
 * @param leeway how far apart our clock and an issuer's may be; 0 to 5 minutes
 * @param maxLife the longest time from {@code iat} (or from now, where a token has none) to {@code
 *     exp}; 1 second to 366 days
 * @param types the accepted values of the header's {@code typ}, without {@code application/} and in
 *     any case; a token without a type is rejected
 * @param cookie the name of a cookie that may carry the token in place of the {@code Authorization}
 *     header; empty: none
 * @param maxLength the longest accepted token in characters; 256 to 65536
 * @param cacheSize how many verified tokens are remembered; a token of more than 1 KiB counts once
 *     for each KiB; 0 to 1000000
 * @param keysRefresh how often the keys of each issuer are read again; 10 seconds to 24 hours
 * @param keysMaxAge how long keys are used that cannot be read again; longer than {@code
 *     keysRefresh}, up to 30 days
 * @param issuers whose tokens are accepted
 */
public record TokenSettings(
    Duration leeway,
    Duration maxLife,
    List<String> types,
    String cookie,
    int maxLength,
    int cacheSize,
    Duration keysRefresh,
    Duration keysMaxAge,
    List<IssuerSettings> issuers) {
  // Ahead of the defaults, whose constructor needs them.
  private static final Pattern MEDIA_TYPE = Pattern.compile("[A-Za-z0-9!#$&^_.+/-]{1,128}");
  private static final Pattern COOKIE = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{0,128}");

  /** As {@code conf/keyveil.yaml} has them: no issuer, so no token is accepted. */
  public static final TokenSettings DEFAULTS =
      new TokenSettings(
          Duration.ofSeconds(30),
          Duration.ofHours(24),
          List.of("at+jwt", "JWT"),
          "",
          16 * 1024,
          10_000,
          Duration.ofMinutes(5),
          Duration.ofHours(24),
          List.of());

  public TokenSettings {
    types = List.copyOf(types);
    issuers = List.copyOf(issuers);
    checkLeeway(leeway);
    checkMaxLife(maxLife);
    if (types.isEmpty()) {
      throw bad("types", "an empty list", "at least one, such as at+jwt");
    }
    checkTypes(types);
    if (!COOKIE.matcher(cookie).matches()) {
      throw bad("cookie", cookie, "a cookie name, or nothing");
    }
    within("maxLength", maxLength, 256, 65_536);
    within("cacheSize", cacheSize, 0, 1_000_000);
    within("keysRefresh", keysRefresh, Duration.ofSeconds(10), Duration.ofHours(24));
    within("keysMaxAge", keysMaxAge, keysRefresh.plusSeconds(1), Duration.ofDays(30));
    checkIssuers(issuers);
  }

  static void checkLeeway(Duration leeway) {
    within("leeway", leeway, Duration.ZERO, Duration.ofMinutes(5));
  }

  static void checkMaxLife(Duration maxLife) {
    within("maxLife", maxLife, Duration.ofSeconds(1), Duration.ofDays(366));
  }

  static void checkTypes(List<String> types) {
    for (String type : types) {
      if (!MEDIA_TYPE.matcher(type).matches()) {
        throw bad("types", type.isEmpty() ? "nothing" : type, "names such as at+jwt");
      }
    }
  }

  private static void checkIssuers(List<IssuerSettings> issuers) {
    HashSet<String> seen = new HashSet<>();
    for (IssuerSettings issuer : issuers) {
      if (!seen.add(issuer.issuer())) {
        throw bad("issuers", issuer.issuer() + " twice", "each issuer once");
      }
    }
  }

  private static void within(String field, Duration found, Duration least, Duration most) {
    if (found.compareTo(least) < 0 || found.compareTo(most) > 0) {
      throw bad(field, shown(found), shown(least) + " to " + shown(most));
    }
  }

  private static void within(String field, int found, int least, int most) {
    if (found < least || found > most) {
      throw bad(field, Integer.toString(found), least + " to " + most);
    }
  }

  /** As one writes it in the settings file: {@code 30s}, {@code 5m}, {@code 24h}. */
  private static String shown(Duration duration) {
    return duration.isZero()
        ? "0"
        : duration.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
  }

  private static IllegalArgumentException bad(String field, String found, String expected) {
    return new IllegalArgumentException("%s: %s (expected: %s)".formatted(field, found, expected));
  }
}
