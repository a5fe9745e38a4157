package io.keyveil.access;

import java.time.Instant;
import java.util.List;

/**
 * What one part of a rule came to for one subject.
 *
 * @param rule the part, as in the file's JSON; only {@code any} or {@code all} where it has parts
 * @param holds whether it allows the subject
 * @param parts what its own parts came to
 */
public record RuleFinding(String rule, boolean holds, List<RuleFinding> parts) {
  public RuleFinding {
    parts = List.copyOf(parts);
  }

  /** Goes through a rule part by part, and stops at none: every part has an answer. */
  public static RuleFinding of(AccessRule rule, Subject subject, Instant now) {
    return rule.match(new Finder(rule, subject, now));
  }

  /** Leaves stand for themselves; lists go down. */
  private record Finder(AccessRule rule, Subject subject, Instant now)
      implements AccessRule.Cases<RuleFinding> {
    private RuleFinding leaf() {
      return new RuleFinding(
          AccessRules.write(rule).toString(), rule.allows(subject, now), List.of());
    }

    private RuleFinding list(String name, List<AccessRule> rules) {
      return new RuleFinding(
          name,
          rule.allows(subject, now),
          rules.stream().map(part -> of(part, subject, now)).toList());
    }

    @Override
    public RuleFinding anyoneAuthenticated() {
      return leaf();
    }

    @Override
    public RuleFinding subjectIs(AccessRule.SubjectIs it) {
      return leaf();
    }

    @Override
    public RuleFinding claimIs(AccessRule.ClaimIs it) {
      return leaf();
    }

    @Override
    public RuleFinding claimContains(AccessRule.ClaimContains it) {
      return leaf();
    }

    @Override
    public RuleFinding hasScope(AccessRule.HasScope it) {
      return leaf();
    }

    @Override
    public RuleFinding hasRole(AccessRule.HasRole it) {
      return leaf();
    }

    @Override
    public RuleFinding issuerIs(AccessRule.IssuerIs it) {
      return leaf();
    }

    @Override
    public RuleFinding notBefore(AccessRule.NotBefore it) {
      return leaf();
    }

    @Override
    public RuleFinding notAfter(AccessRule.NotAfter it) {
      return leaf();
    }

    @Override
    public RuleFinding anyOf(AccessRule.AnyOf it) {
      return list("any", it.rules());
    }

    @Override
    public RuleFinding allOf(AccessRule.AllOf it) {
      return list("all", it.rules());
    }
  }
}
