package io.keyveil.access;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Who may have a file. Rules are values; {@link AccessRules} reads and writes them as JSON.
 *
 * <p>No rule means nobody: an empty {@link AnyOf} allows no one, and so does an empty {@link
 * AllOf}, since an empty list is far more often a mistake than a wish.
 */
public sealed interface AccessRule {
  /** Nobody at all. */
  AccessRule NOBODY = new AnyOf(List.of());

  /**
   * Whether the subject may have the file now.
   *
   * @param now for rules about time
   */
  boolean allows(Subject subject, Instant now);

  /** Calls the case's own method. */
  <R> R match(Cases<R> cases);

  /** One method for each kind of rule. */
  interface Cases<R> {
    R anyoneAuthenticated();

    R subjectIs(SubjectIs rule);

    R claimIs(ClaimIs rule);

    R claimContains(ClaimContains rule);

    R hasScope(HasScope rule);

    R hasRole(HasRole rule);

    R issuerIs(IssuerIs rule);

    R notBefore(NotBefore rule);

    R notAfter(NotAfter rule);

    R anyOf(AnyOf rule);

    R allOf(AllOf rule);
  }

  /** Whoever has a verified token. Has to be said, is never a default. */
  record AnyoneAuthenticated() implements AccessRule {
    @Override
    public boolean allows(Subject subject, Instant now) {
      return true;
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.anyoneAuthenticated();
    }
  }

  /** One subject, by {@code sub}, and by issuer where one is named. */
  record SubjectIs(String subject, Optional<String> issuer) implements AccessRule {
    @Override
    public boolean allows(Subject who, Instant now) {
      return who.name().equals(subject) && issuer.map(who.issuer()::equals).orElse(true);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.subjectIs(this);
    }
  }

  /** A claim that has a value, or is a list that contains it. */
  record ClaimIs(String claim, String value) implements AccessRule {
    @Override
    public boolean allows(Subject subject, Instant now) {
      return subject.hasClaim(claim, value);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.claimIs(this);
    }
  }

  /** A claim whose list, or whose words between spaces, contain a value. */
  record ClaimContains(String claim, String value) implements AccessRule {
    @Override
    public boolean allows(Subject subject, Instant now) {
      return subject.claimContains(claim, value);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.claimContains(this);
    }
  }

  /** A granted scope. */
  record HasScope(String scope) implements AccessRule {
    @Override
    public boolean allows(Subject subject, Instant now) {
      return subject.hasScope(scope);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.hasScope(this);
    }
  }

  /** A role that the issuer says the subject has. */
  record HasRole(String role) implements AccessRule {
    @Override
    public boolean allows(Subject subject, Instant now) {
      return subject.hasRole(role);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.hasRole(this);
    }
  }

  /** Any subject of one issuer. */
  record IssuerIs(String issuer) implements AccessRule {
    @Override
    public boolean allows(Subject subject, Instant now) {
      return subject.issuer().equals(issuer);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.issuerIs(this);
    }
  }

  /** Nobody before that moment. */
  record NotBefore(Instant time) implements AccessRule {
    @Override
    public boolean allows(Subject subject, Instant now) {
      return !now.isBefore(time);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.notBefore(this);
    }
  }

  /** Nobody from that moment on. */
  record NotAfter(Instant time) implements AccessRule {
    @Override
    public boolean allows(Subject subject, Instant now) {
      return now.isBefore(time);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.notAfter(this);
    }
  }

  /** At least one of the rules. */
  record AnyOf(List<AccessRule> rules) implements AccessRule {
    public AnyOf {
      rules = List.copyOf(rules);
    }

    @Override
    public boolean allows(Subject subject, Instant now) {
      return rules.stream().anyMatch(rule -> rule.allows(subject, now));
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.anyOf(this);
    }
  }

  /** Every one of the rules, of which there is at least one. */
  record AllOf(List<AccessRule> rules) implements AccessRule {
    public AllOf {
      rules = List.copyOf(rules);
    }

    @Override
    public boolean allows(Subject subject, Instant now) {
      return !rules.isEmpty() && rules.stream().allMatch(rule -> rule.allows(subject, now));
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.allOf(this);
    }
  }
}
