package io.keyveil.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.access.Checked.Passed;
import io.keyveil.access.Checked.Refused;
import io.keyveil.access.TokenGate.Candidate;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The strict reading of what a signed token says (RFC 7519 section 4.1, RFC 9068 section 2.2). */
final class TokenClaims {
  private static final int MAX_NAME = 256;
  private static final BigDecimal LAST_SECOND = BigDecimal.valueOf(253_402_300_799L);

  private final Duration leeway;
  private final Duration maxLife;
  private final InstantSource clock;

  TokenClaims(Duration leeway, Duration maxLife, InstantSource clock) {
    this.leeway = leeway;
    this.maxLife = maxLife;
    this.clock = clock;
  }

  /** The subject of a token whose signature holds. */
  Checked<Subject> read(Candidate signed) {
    ObjectNode claims = signed.claims();
    return problem(claims, signed.issuer())
        .<Checked<Subject>>map(Refused::new)
        .orElseGet(() -> new Passed<>(subject(signed)));
  }

  private Optional<Rejection> problem(ObjectNode claims, IssuerSettings issuer) {
    if (!isFor(issuer.audience(), claims.path("aud"))) {
      return Optional.of(Rejection.AUDIENCE);
    }
    if (!isWellFormed(claims)) {
      return Optional.of(Rejection.CLAIMS);
    }
    return untimely(seconds(claims, "exp").orElseThrow(), claims);
  }

  private static boolean isFor(String audience, JsonNode aud) {
    if (audience.isEmpty() || aud.isTextual()) {
      return audience.isEmpty() || audience.equals(aud.textValue());
    }
    return aud.isArray()
        && elements(aud).allMatch(JsonNode::isTextual)
        && elements(aud).anyMatch(one -> audience.equals(one.textValue()));
  }

  /** Also refuses {@code cnf}: whoever binds a token to a key counts on us to ask for the proof. */
  private static boolean isWellFormed(ObjectNode claims) {
    return isName(claims.path("sub"))
        && !claims.has("cnf")
        && seconds(claims, "exp").isPresent()
        && Stream.of("nbf", "iat")
            .allMatch(name -> !claims.has(name) || seconds(claims, name).isPresent())
        && Stream.of("client_id", "azp")
            .allMatch(name -> !claims.has(name) || isName(claims.path(name)))
        && Stream.of("scope", "scp").allMatch(name -> isScopes(claims.path(name)));
  }

  private Optional<Rejection> untimely(Instant exp, ObjectNode claims) {
    Instant now = clock.instant();
    if (!now.isBefore(exp.plus(leeway))) {
      return Optional.of(Rejection.EXPIRED);
    }
    Optional<Instant> iat = seconds(claims, "iat");
    Instant latest = now.plus(leeway);
    if (Stream.of(iat, seconds(claims, "nbf"))
        .flatMap(Optional::stream)
        .anyMatch(latest::isBefore)) {
      return Optional.of(Rejection.NOT_YET_VALID);
    }
    return Duration.between(iat.orElse(now), exp).compareTo(maxLife) > 0
        ? Optional.of(Rejection.LIFE)
        : Optional.empty();
  }

  private static Subject subject(Candidate signed) {
    ObjectNode claims = signed.claims();
    return new Subject(
        signed.issuer().issuer(),
        claims.path("sub").textValue(),
        Stream.of("client_id", "azp")
            .flatMap(name -> Stream.ofNullable(claims.path(name).textValue()))
            .findFirst(),
        scopes(claims),
        flat(claims),
        signed.token().digest(),
        seconds(claims, "exp").orElseThrow());
  }

  /** A whole number of seconds up to the year 9999; {@code 1.0} and {@code 1e3} are whole. */
  private static Optional<Instant> seconds(ObjectNode claims, String name) {
    JsonNode node = claims.path(name);
    if (!node.isNumber()) {
      return Optional.empty();
    }
    BigDecimal number = node.decimalValue();
    // Compared first: writing out 1e999999999 would take a gigabyte.
    boolean inRange = number.signum() >= 0 && number.compareTo(LAST_SECOND) <= 0;
    return inRange && number.stripTrailingZeros().scale() <= 0
        ? Optional.of(Instant.ofEpochSecond(number.longValueExact()))
        : Optional.empty();
  }

  private static boolean isName(JsonNode node) {
    return node.isTextual()
        && !node.textValue().isEmpty()
        && node.textValue().length() <= MAX_NAME
        && node.textValue().codePoints().noneMatch(TokenClaims::isUnprintable);
  }

  private static boolean isUnprintable(int codePoint) {
    return Character.isISOControl(codePoint) || Character.getType(codePoint) == Character.SURROGATE;
  }

  private static boolean isScopes(JsonNode node) {
    return node.isMissingNode()
        || node.isTextual()
        || (node.isArray() && elements(node).allMatch(JsonNode::isTextual));
  }

  /** Some issuers say {@code scope}, some {@code scp}; some write one text, some a list. */
  private static Set<String> scopes(ObjectNode claims) {
    Set<String> scopes = new LinkedHashSet<>();
    Stream.of(claims.path("scope"), claims.path("scp"))
        .flatMap(TokenClaims::each)
        .flatMap(text -> Stream.of(text.textValue().split(" ", -1)))
        .filter(scope -> !scope.isEmpty())
        .forEach(scopes::add);
    return scopes;
  }

  /** Claims that rules can ask for: texts, booleans, whole numbers, and lists of them. */
  private static Map<String, Set<String>> flat(ObjectNode claims) {
    Map<String, Set<String>> flat = new HashMap<>();
    for (Map.Entry<String, JsonNode> claim : claims.properties()) {
      Set<String> values = new LinkedHashSet<>();
      each(claim.getValue())
          .filter(value -> value.isTextual() || value.isBoolean() || value.isIntegralNumber())
          .forEach(value -> values.add(value.asText()));
      if (!values.isEmpty()) {
        flat.put(claim.getKey(), Set.copyOf(values));
      }
    }
    return flat;
  }

  /** The elements of a list, or the value itself. */
  private static Stream<JsonNode> each(JsonNode value) {
    return value.isArray() ? elements(value) : Stream.of(value).filter(JsonNode::isValueNode);
  }

  private static Stream<JsonNode> elements(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }
}
