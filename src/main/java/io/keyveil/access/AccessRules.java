package io.keyveil.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import java.util.List;
import java.util.Optional;

/** Reads and writes access rules: as JSON, and in the short form of the command line. */
public final class AccessRules {
  private static final String ALLOW_FORMS =
      "subject=NAME, claim:NAME=VALUE, contains:NAME=VALUE, scope=NAME, role=NAME, issuer=NAME"
          + " or anyone-authenticated";

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
    return switch (kind) {
      case "subject" -> new SubjectIs(wanted, Optional.empty());
      case "scope" -> new HasScope(wanted);
      case "role" -> new HasRole(wanted);
      case "issuer" -> new IssuerIs(wanted);
      default -> ofClaim(kind, wanted);
    };
  }

  private static AccessRule ofClaim(String kind, String wanted) {
    int colon = kind.indexOf(':');
    String claim = allowText(kind.substring(colon + 1));
    return switch (kind.substring(0, Math.max(0, colon))) {
      case "claim" -> new ClaimIs(claim, wanted);
      case "contains" -> new ClaimContains(claim, wanted);
      default -> throw badAllow();
    };
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
    public ObjectNode claimContains(ClaimContains rule) {
      return object().put("claim", rule.claim()).put("contains", rule.value());
    }

    @Override
    public ObjectNode hasScope(HasScope rule) {
      return object().put("scope", rule.scope());
    }

    @Override
    public ObjectNode hasRole(HasRole rule) {
      return object().put("role", rule.role());
    }

    @Override
    public ObjectNode issuerIs(IssuerIs rule) {
      return object().put("issuer", rule.issuer());
    }

    @Override
    public ObjectNode notBefore(NotBefore rule) {
      return object().put("notBefore", rule.time().toString());
    }

    @Override
    public ObjectNode notAfter(NotAfter rule) {
      return object().put("notAfter", rule.time().toString());
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
