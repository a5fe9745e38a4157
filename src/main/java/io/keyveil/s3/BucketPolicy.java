package io.keyveil.s3;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What the policy of a bucket denies to everybody, read as far as the doctor asks. */
record BucketPolicy(JsonNode document) {
  private static final long FIVE_MINUTES = 300_000;

  /** Empty if it is no policy. */
  static Optional<BucketPolicy> parse(String text) {
    try {
      return Optional.of(new BucketPolicy(new ObjectMapper().readTree(text)))
          .filter(policy -> policy.document().has("Statement"));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  boolean deniesPlainHttp() {
    return denials()
        .map(statement -> condition(statement, "Bool", "aws:SecureTransport"))
        .anyMatch(value -> value.asText().equalsIgnoreCase("false"));
  }

  boolean deniesOldSignatures() {
    return denials()
        .flatMap(
            statement ->
                Stream.of(
                    condition(statement, "NumericGreaterThan", "s3:signatureAge"),
                    condition(statement, "NumericGreaterThanEquals", "s3:signatureAge")))
        .mapToLong(value -> value.asLong(Long.MAX_VALUE))
        .anyMatch(most -> most <= FIVE_MINUTES);
  }

  /** Statements that hold for everybody and every read. */
  private Stream<JsonNode> denials() {
    return elements(document.path("Statement"))
        .filter(statement -> statement.path("Effect").asText().equals("Deny"))
        .filter(statement -> isEverybody(statement.path("Principal")))
        .filter(
            statement ->
                elements(statement.path("Action"))
                    .map(JsonNode::asText)
                    .anyMatch(action -> action.equals("s3:*") || action.equals("s3:GetObject")));
  }

  private static boolean isEverybody(JsonNode principal) {
    return elements(principal.isObject() ? principal.path("AWS") : principal)
        .anyMatch(who -> who.asText().equals("*"));
  }

  /** The one value of a condition that stands alone: a second one would narrow it. */
  private static JsonNode condition(JsonNode statement, String operator, String key) {
    JsonNode conditions = statement.path("Condition");
    JsonNode value = conditions.path(operator).path(key);
    boolean alone = conditions.size() == 1 && conditions.path(operator).size() == 1;
    return alone ? (value.isArray() && value.size() == 1 ? value.path(0) : value) : value.path("");
  }

  private static Stream<JsonNode> elements(JsonNode node) {
    return node.isArray() ? StreamSupport.stream(node.spliterator(), false) : Stream.of(node);
  }
}
