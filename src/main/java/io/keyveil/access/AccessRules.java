package io.keyveil.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.access.AccessRule.AllOf;
import io.keyveil.access.AccessRule.AnyOf;
import io.keyveil.access.AccessRule.AnyoneAuthenticated;
import io.keyveil.access.AccessRule.ClaimIs;
import io.keyveil.access.AccessRule.HasScope;
import io.keyveil.access.AccessRule.SubjectIs;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads and writes access rules: as JSON, and in the short form of the command line. */
public final class AccessRules {
  private static final String ALLOW_FORMS =
      "subject=NAME, claim:NAME=VALUE, scope=NAME or anyone-authenticated";

  private AccessRules() {}

  /**
   * Reads a rule that somebody wrote.
   *
   * @throws InvalidRuleException with one line that names the place, what was found and what was
   *     expected
   */
  public static AccessRule parse(JsonNode rule) {
    return new RuleReader(false).read(rule, "access", 1);
  }

  /**
   * Reads a rule that {@link #write} wrote; unlike {@link #parse} it takes an empty list, which
   * allows nobody.
   *
   * @throws InvalidRuleException as {@link #parse} does
   */
  public static AccessRule stored(JsonNode rule) {
    return new RuleReader(true).read(rule, "access", 1);
  }

  /** Writes a rule so that {@link #stored} gives it back. */
  public static ObjectNode write(AccessRule rule) {
    return rule.match(new Writer());
  }

  /**
   * Reads the values of {@code --allow}: one is the rule, several are alternatives, none is nobody.
   *
   * @throws InvalidRuleException with one line that names {@code --allow}
   */
  public static AccessRule parseAllow(List<String> values) {
    if (values.size() >= RuleReader.MAX_RULES) {
      throw new InvalidRuleException(
          "--allow: %d values (expected: at most %d)"
              .formatted(values.size(), RuleReader.MAX_RULES - 1));
    }
    List<AccessRule> rules = values.stream().map(AccessRules::allow).toList();
    return rules.size() == 1 ? rules.get(0) : new AnyOf(rules);
  }

  private static AccessRule allow(String value) {
    if (value.equals("anyone-authenticated")) {
      return new AnyoneAuthenticated();
    }
    int equals = value.indexOf('=');
    if (equals < 0) {
      throw badAllow();
    }
    String kind = value.substring(0, equals);
    String wanted = allowText(value.substring(equals + 1));
    if (kind.equals("subject")) {
      return new SubjectIs(wanted, Optional.empty());
    }
    if (kind.equals("scope")) {
      return new HasScope(wanted);
    }
    if (kind.startsWith("claim:")) {
      return new ClaimIs(allowText(kind.substring("claim:".length())), wanted);
    }
    throw badAllow();
  }

  private static String allowText(String part) {
    if (!RuleReader.isText(part)) {
      throw badAllow();
    }
    return part;
  }

  private static InvalidRuleException badAllow() {
    return new InvalidRuleException("--allow: another form (expected: %s)".formatted(ALLOW_FORMS));
  }

  /** Reads one rule and what hangs below it, and counts as it goes. */
  private static final class RuleReader {
    static final int MAX_RULES = 256;
    private static final int MAX_DEPTH = 8;
    private static final int MAX_TEXT = 256;
    private static final List<String> FORMS =
        List.of("any", "all", "subject", "claim", "scope", "anyone");

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
        case "claim" -> claim(only(node, path, Set.of("claim", "is")), path);
        case "scope" -> new HasScope(text(only(node, path, Set.of("scope")), path, "scope"));
        default -> anyone(only(node, path, Set.of("anyone")), path);
      };
    }

    /** The one field that says what kind of rule this is. */
    private String form(JsonNode node, String path) {
      List<String> found = FORMS.stream().filter(node::has).toList();
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
      return new ClaimIs(text(node, path, "claim"), text(node, path, "is"));
    }

    private static AccessRule anyone(JsonNode node, String path) {
      String who = text(node, path, "anyone");
      if (!who.equals("authenticated")) {
        throw bad(path + ".anyone", "another text", "\"authenticated\"");
      }
      return new AnyoneAuthenticated();
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
     * A field's name, if it looks like one: what stands in the wrong place may be an object key,
     * and no answer repeats that.
     */
    private static String shown(String name) {
      return FIELD.matcher(name).matches() ? "field \"" + name + "\"" : "an unknown field";
    }

    private static InvalidRuleException bad(String path, String found, String expected) {
      return new InvalidRuleException("%s: %s (expected: %s)".formatted(path, found, expected));
    }
  }

  /** Each kind of rule as its JSON form. */
  private static final class Writer implements AccessRule.Cases<ObjectNode> {
    @Override
    public ObjectNode anyoneAuthenticated() {
      return object().put("anyone", "authenticated");
    }

    @Override
    public ObjectNode subjectIs(SubjectIs rule) {
      ObjectNode node = object().put("subject", rule.subject());
      rule.issuer().ifPresent(issuer -> node.put("issuer", issuer));
      return node;
    }

    @Override
    public ObjectNode claimIs(ClaimIs rule) {
      return object().put("claim", rule.claim()).put("is", rule.value());
    }

    @Override
    public ObjectNode hasScope(HasScope rule) {
      return object().put("scope", rule.scope());
    }

    @Override
    public ObjectNode anyOf(AnyOf rule) {
      return object().set("any", list(rule.rules()));
    }

    @Override
    public ObjectNode allOf(AllOf rule) {
      return object().set("all", list(rule.rules()));
    }

    private ArrayNode list(List<AccessRule> rules) {
      ArrayNode list = JsonNodeFactory.instance.arrayNode();
      rules.forEach(rule -> list.add(rule.match(this)));
      return list;
    }

    private static ObjectNode object() {
      return JsonNodeFactory.instance.objectNode();
    }
  }
}
