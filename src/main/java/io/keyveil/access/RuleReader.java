package io.keyveil.access;

import com.fasterxml.jackson.databind.JsonNode;
import io.keyveil.access.AccessRule.AllOf;
import io.keyveil.access.AccessRule.AnyOf;
import io.keyveil.access.AccessRule.AnyoneAuthenticated;
import io.keyveil.access.AccessRule.ClaimContains;
import io.keyveil.access.AccessRule.ClaimIs;
import io.keyveil.access.AccessRule.HasRole;
import io.keyveil.access.AccessRule.HasScope;
import io.keyveil.access.AccessRule.IssuerIs;
import io.keyveil.access.AccessRule.NotAfter;
import io.keyveil.access.AccessRule.NotBefore;
import io.keyveil.access.AccessRule.SubjectIs;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads one access rule and what hangs below it, and counts as it goes. */
final class RuleReader {
  static final int MAX_RULES = 256;
  private static final int MAX_DEPTH = 8;
  private static final int MAX_TEXT = 256;
  private static final List<String> FORMS =
      List.of(
          "any",
          "all",
          "subject",
          "claim",
          "scope",
          "role",
          "issuer",
          "notBefore",
          "notAfter",
          "anyone");

  private static final Pattern FIELD = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,39}");

  private final boolean emptyAllowed;
  private int rules;

  RuleReader(boolean emptyAllowed) {
    this.emptyAllowed = emptyAllowed;
  }

  AccessRule read(JsonNode node, String path, int depth) {
    if (!node.isObject()) {
      throw bad(path, kind(node), "an object such as {\"subject\": \"alice\"}");
    }
    if (++rules > MAX_RULES) {
      throw bad(path, "more than " + MAX_RULES + " rules", "at most " + MAX_RULES);
    }
    if (depth > MAX_DEPTH) {
      throw bad(path, "rules nested deeper than " + MAX_DEPTH, "at most " + MAX_DEPTH + " deep");
    }
    return ofForm(form(node, path), node, path, depth);
  }

  private AccessRule ofForm(String form, JsonNode node, String path, int depth) {
    return switch (form) {
      case "any" -> new AnyOf(list(only(node, path, Set.of("any")), path, "any", depth));
      case "all" -> new AllOf(list(only(node, path, Set.of("all")), path, "all", depth));
      case "subject" -> subject(only(node, path, Set.of("subject", "issuer")), path);
      case "claim" -> claim(only(node, path, Set.of("claim", "is", "contains")), path);
      case "scope" -> new HasScope(text(only(node, path, Set.of("scope")), path, "scope"));
      case "role" -> new HasRole(text(only(node, path, Set.of("role")), path, "role"));
      case "issuer" -> new IssuerIs(text(only(node, path, Set.of("issuer")), path, "issuer"));
      case "notBefore" ->
          new NotBefore(time(only(node, path, Set.of("notBefore")), path, "notBefore"));
      case "notAfter" -> new NotAfter(time(only(node, path, Set.of("notAfter")), path, "notAfter"));
      default -> anyone(only(node, path, Set.of("anyone")), path);
    };
  }

  /** The one field that says what kind of rule this is. */
  private String form(JsonNode node, String path) {
    // An issuer beside a subject is the subject's own.
    List<String> found =
        FORMS.stream()
            .filter(node::has)
            .filter(form -> !(form.equals("issuer") && node.has("subject")))
            .toList();
    if (found.size() == 1) {
      return found.get(0);
    }
    String expected = "one of " + String.join(", ", FORMS);
    if (found.size() > 1) {
      throw bad(path, "fields " + String.join(" and ", found) + " together", expected);
    }
    Iterator<String> names = node.fieldNames();
    throw bad(path, names.hasNext() ? shown(names.next()) : "an empty object", expected);
  }

  private static JsonNode only(JsonNode node, String path, Set<String> known) {
    node.fieldNames()
        .forEachRemaining(
            name -> {
              if (!known.contains(name)) {
                String expected = String.join(", ", known.stream().sorted().toList());
                throw bad(path, shown(name), "only " + expected);
              }
            });
    return node;
  }

  private List<AccessRule> list(JsonNode node, String path, String field, int depth) {
    JsonNode list = node.path(field);
    String here = path + "." + field;
    if (!list.isArray()) {
      throw bad(here, kind(list), "a list of rules");
    }
    if (list.isEmpty() && !emptyAllowed) {
      throw bad(here, "an empty list", "at least one rule; no rule means nobody");
    }
    List<AccessRule> read = new ArrayList<>();
    for (JsonNode rule : list) {
      read.add(read(rule, here + "[" + read.size() + "]", depth + 1));
    }
    return read;
  }

  private static AccessRule subject(JsonNode node, String path) {
    Optional<String> issuer =
        node.has("issuer") ? Optional.of(text(node, path, "issuer")) : Optional.empty();
    return new SubjectIs(text(node, path, "subject"), issuer);
  }

  private static AccessRule claim(JsonNode node, String path) {
    String claim = text(node, path, "claim");
    if (node.has("is") && node.has("contains")) {
      throw bad(path, "fields is and contains together", "one of them");
    }
    return node.has("contains")
        ? new ClaimContains(claim, text(node, path, "contains"))
        : new ClaimIs(claim, text(node, path, "is"));
  }

  private static AccessRule anyone(JsonNode node, String path) {
    String who = text(node, path, "anyone");
    if (!who.equals("authenticated")) {
      throw bad(path + ".anyone", "another text", "\"authenticated\"");
    }
    return new AnyoneAuthenticated();
  }

  private static Instant time(JsonNode node, String path, String field) {
    String text = text(node, path, field);
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw bad(path + "." + field, "another text", "a time such as 2027-01-31T00:00:00Z");
    }
  }

  private static String text(JsonNode node, String path, String field) {
    JsonNode value = node.path(field);
    String expected = "a text of 1 to " + MAX_TEXT + " characters, none of them a control";
    if (!value.isTextual()) {
      throw bad(path + "." + field, kind(value), expected);
    }
    if (!isText(value.textValue())) {
      throw bad(path + "." + field, kind(value.textValue()), expected);
    }
    return value.textValue();
  }

  static boolean isText(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_TEXT
        && text.chars().noneMatch(Character::isISOControl);
  }

  private static String kind(JsonNode node) {
    return node.isMissingNode() ? "nothing" : node.getNodeType().name().toLowerCase(Locale.ROOT);
  }

  /** What is wrong with a text, without the text. */
  private static String kind(String text) {
    return text.codePoints().anyMatch(Character::isISOControl)
        ? "a control character"
        : text.length() + " characters";
  }

  /**
   * A field's name, if it looks like one: what stands in the wrong place may be an object key, and
   * no answer repeats that.
   */
  private static String shown(String name) {
    return FIELD.matcher(name).matches() ? "field \"" + name + "\"" : "an unknown field";
  }

  private static InvalidRuleException bad(String path, String found, String expected) {
    return new InvalidRuleException("%s: %s (expected: %s)".formatted(path, found, expected));
  }
}
