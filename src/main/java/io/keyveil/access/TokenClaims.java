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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The strict reading of what a signed token says (RFC 7519 section 4.1, RFC 9068 section 2.2). */
final class TokenClaims {
  private static final int MAX_NAME = 256;
  private static final BigDecimal LAST_SECOND = BigDecimal.valueOf(253_402_300_799L);

  private final InstantSource clock;

  TokenClaims(InstantSource clock) {
    this.clock = clock;
  }

  /** The subject of a token whose signature holds. */
  Checked<Subject> read(Candidate signed) {
    ObjectNode claims = signed.claims();
    return problem(claims, signed.issuer())
        .<Checked<Subject>>map(Refused::new)
        .orElseGet(() -> new Passed<>(subject(signed)));
  }

  private Optional<Rejection> problem(ObjectNode claims, IssuerPolicy issuer) {
    if (!isFor(issuer.audiences(), claims.path("aud"))) {
      return Optional.of(Rejection.AUDIENCE);
    }
    if (!isWellFormed(claims) || !hasWhatItsIssuerPromises(claims, issuer)) {
      return Optional.of(Rejection.CLAIMS);
    }
    return untimely(seconds(claims, "exp").orElseThrow(), claims, issuer);
  }

  private static boolean isFor(Set<String> audiences, JsonNode aud) {
    if (audiences.isEmpty()) {
      return true;
    }
    return isTexts(aud) && each(aud).anyMatch(one -> audiences.contains(one.textValue()));
  }

  /** Also refuses {@code cnf}: whoever binds a token to a key counts on us to ask for the proof. */
  private static boolean isWellFormed(ObjectNode claims) {
    return isName(claims.path("sub"))
        && !claims.has("cnf")
        && seconds(claims, "exp").isPresent()
        && Stream.of("nbf", "iat")
            .allMatch(name -> !claims.has(name) || seconds(claims, name).isPresent())
        && Stream.of("client_id", "azp", "jti")
            .allMatch(name -> !claims.has(name) || isName(claims.path(name)));
  }

  private static boolean hasWhatItsIssuerPromises(ObjectNode claims, IssuerPolicy issuer) {
    return issuer.required().stream().map(claim -> claim.in(claims)).allMatch(TokenClaims::isGiven)
        && Stream.concat(issuer.scopes().stream(), issuer.roles().stream())
            .map(claim -> claim.in(claims))
            .allMatch(node -> node.isMissingNode() || isTexts(node));
  }

  private Optional<Rejection> untimely(Instant exp, ObjectNode claims, IssuerPolicy issuer) {
    Instant now = clock.instant();
    if (!now.isBefore(exp.plus(issuer.leeway()))) {
      return Optional.of(Rejection.EXPIRED);
    }
    Optional<Instant> iat = seconds(claims, "iat");
    Instant latest = now.plus(issuer.leeway());
    if (Stream.of(iat, seconds(claims, "nbf"))
        .flatMap(Optional::stream)
        .anyMatch(latest::isBefore)) {
      return Optional.of(Rejection.NOT_YET_VALID);
    }
    return Duration.between(iat.orElse(now), exp).compareTo(issuer.maxLife()) > 0
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
        Optional.ofNullable(claims.path("jti").textValue()),
        words(claims, signed.issuer().scopes()),
        texts(claims, signed.issuer().roles()),
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

  /** Not null, and no empty text or list: that would be a promise kept in form alone. */
  private static boolean isGiven(JsonNode node) {
    return node.isTextual()
        ? !node.textValue().isEmpty()
        : node.isContainerNode() ? !node.isEmpty() : node.isValueNode() && !node.isNull();
  }

  /** One text, or a list of texts. */
  private static boolean isTexts(JsonNode node) {
    return node.isTextual() || (node.isArray() && elements(node).allMatch(JsonNode::isTextual));
  }

  /** Scopes have no spaces in them (RFC 6749 section 3.3), so that one text may hold several. */
  private static Set<String> words(ObjectNode claims, List<ClaimPath> places) {
    return texts(claims, places).stream()
        .flatMap(text -> Stream.of(text.split(" ", -1)))
        .filter(word -> !word.isEmpty())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static Set<String> texts(ObjectNode claims, List<ClaimPath> places) {
    return places.stream()
        .map(place -> place.in(claims))
        .flatMap(TokenClaims::each)
        .map(JsonNode::textValue)
        .collect(Collectors.toCollection(LinkedHashSet::new));
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
