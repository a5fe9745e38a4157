package io.keyveil.block;

import com.fasterxml.jackson.databind.JsonNode;
import io.keyveil.file.FieldProblem;
import io.keyveil.file.Reading;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the JSON of a wished block strictly, and tells all its problems at once. */
public final class BlockReader {
  private static final Set<String> KNOWN = Set.of("kind", "value", "issuer", "reason", "expiresAt");

  private final InstantSource clock;

  public BlockReader(InstantSource clock) {
    this.clock = clock;
  }

  /** Reads a wish. */
  public Reading<BlockWish> read(JsonNode json) {
    List<FieldProblem> problems = new ArrayList<>();
    json.fieldNames()
        .forEachRemaining(
            field -> {
              if (!KNOWN.contains(field)) {
                String known = KNOWN.stream().sorted().collect(Collectors.joining(", "));
                problems.add(new FieldProblem("body", "an unknown field", known));
              }
            });
    Optional<BlockKind> kind = kind(json, problems);
    Optional<String> value = text(json, "value", problems);
    Optional<String> issuer = text(json, "issuer", problems);
    String reason = reason(json, problems);
    Optional<Instant> end = end(json, problems);
    @Nullable BlockTarget target =
        kind.map(it -> target(it, value.orElse(""), issuer, problems)).orElse(null);
    return problems.isEmpty() && target != null
        ? new Reading.Valid<>(new BlockWish(target, reason, end))
        : new Reading.Invalid<>(problems);
  }

  private static Optional<BlockKind> kind(JsonNode json, List<FieldProblem> problems) {
    Optional<BlockKind> kind = text(json, "kind", problems).flatMap(BlockKind::of);
    if (kind.isEmpty()) {
      String kinds =
          Arrays.stream(BlockKind.values()).map(BlockKind::word).collect(Collectors.joining(", "));
      String found = json.path("kind").isTextual() ? "an unknown word" : "missing";
      problems.add(new FieldProblem("kind", found, "one of " + kinds));
    }
    return kind;
  }

  private static @Nullable BlockTarget target(
      BlockKind kind, String value, Optional<String> issuer, List<FieldProblem> problems) {
    try {
      return new BlockTarget(kind, value, issuer);
    } catch (IllegalArgumentException e) {
      String[] parts = String.valueOf(e.getMessage()).split(": | \\(expected: |\\)$", 3);
      problems.add(new FieldProblem(parts[0], parts[1], parts[2].replaceFirst("\\)$", "")));
      return null;
    }
  }

  private static String reason(JsonNode json, List<FieldProblem> problems) {
    String reason = text(json, "reason", problems).orElse("");
    if (reason.length() > BlockWish.LONGEST_REASON
        || reason.codePoints().anyMatch(Character::isISOControl)) {
      problems.add(
          new FieldProblem(
              "reason",
              "not accepted",
              "up to " + BlockWish.LONGEST_REASON + " characters, none of them a control"));
    }
    return reason;
  }

  private Optional<Instant> end(JsonNode json, List<FieldProblem> problems) {
    Optional<Instant> end = Optional.empty();
    Optional<String> text = text(json, "expiresAt", problems);
    if (text.isPresent()) {
      try {
        end = Optional.of(Instant.parse(text.get())).filter(time -> time.isAfter(clock.instant()));
      } catch (DateTimeException e) {
        end = Optional.empty();
      }
      if (end.isEmpty()) {
        problems.add(
            new FieldProblem(
                "expiresAt", "not accepted", "a time to come, such as 2027-01-31T00:00:00Z"));
      }
    }
    return end;
  }

  private static Optional<String> text(JsonNode json, String field, List<FieldProblem> problems) {
    JsonNode node = json.path(field);
    if (!node.isMissingNode() && !node.isNull() && !node.isTextual()) {
      problems.add(new FieldProblem(field, "no text", "a text"));
    }
    return Optional.ofNullable(node.textValue());
  }
}
