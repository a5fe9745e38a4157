package io.keyveil.app;

import io.keyveil.access.AccessRule;

/** Whether a rule has a claim with that value anywhere in it. */
record NamesClaim(String claim, String value) implements AccessRule.Cases<Boolean> {
  @Override
  public Boolean anyoneAuthenticated() {
    return false;
  }

  @Override
  public Boolean subjectIs(AccessRule.SubjectIs rule) {
    return false;
  }

  @Override
  public Boolean claimIs(AccessRule.ClaimIs rule) {
    return rule.claim().equals(claim) && rule.value().equals(value);
  }

  @Override
  public Boolean claimContains(AccessRule.ClaimContains rule) {
    return rule.claim().equals(claim) && rule.value().equals(value);
  }

  @Override
  public Boolean hasScope(AccessRule.HasScope rule) {
    return false;
  }

  @Override
  public Boolean hasRole(AccessRule.HasRole rule) {
    return false;
  }

  @Override
  public Boolean issuerIs(AccessRule.IssuerIs rule) {
    return false;
  }

  @Override
  public Boolean notBefore(AccessRule.NotBefore rule) {
    return false;
  }

  @Override
  public Boolean notAfter(AccessRule.NotAfter rule) {
    return false;
  }

  @Override
  public Boolean anyOf(AccessRule.AnyOf rule) {
    return rule.rules().stream().anyMatch(inner -> inner.match(this));
  }

  @Override
  public Boolean allOf(AccessRule.AllOf rule) {
    return rule.rules().stream().anyMatch(inner -> inner.match(this));
  }
}
