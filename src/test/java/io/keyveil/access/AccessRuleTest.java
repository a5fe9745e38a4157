package io.keyveil.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AccessRuleTest {
  private static final Instant NOW = Instant.parse("2027-01-31T12:00:00Z");
  private static final Subject ALICE =
      new Subject(
          "https://idp/",
          "alice",
          Optional.of("portal"),
          Optional.of("t-1"),
          Set.of("files:read", "patient/Binary.rs"),
          Set.of("Care Coordinator"),
          Map.of("patient", Set.of("p-17"), "groups", Set.of("a", "b c"), "note", Set.of("x yz")),
          "00",
          NOW.plusSeconds(60));

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'subject':'alice'} | true",
        "{'subject':'Alice'} | false",
        "{'subject':'alice','issuer':'https://idp/'} | true",
        "{'subject':'alice','issuer':'https://idp'} | false",
        "{'issuer':'https://idp/'} | true",
        "{'issuer':'https://idp/x'} | false",
        "{'claim':'patient','is':'p-17'} | true",
        "{'claim':'patient','is':'p-1'} | false",
        "{'claim':'patient','contains':'p-17'} | true",
        "{'claim':'patient','contains':'p-1'} | false",
        "{'claim':'groups','contains':'a'} | true",
        "{'claim':'groups','contains':'b c'} | true",
        "{'claim':'groups','contains':'c'} | true",
        "{'claim':'groups','is':'c'} | false",
        "{'claim':'note','contains':'y'} | false",
        "{'claim':'absent','contains':'y'} | false",
        "{'scope':'patient/Binary.rs'} | true",
        "{'scope':'patient/Binary'} | false",
        "{'role':'Care Coordinator'} | true",
        "{'role':'Care'} | false",
        "{'notBefore':'2027-01-31T12:00:00Z'} | true",
        "{'notBefore':'2027-01-31T12:00:00.001Z'} | false",
        "{'notAfter':'2027-01-31T12:00:00.001Z'} | true",
        "{'notAfter':'2027-01-31T12:00:00Z'} | false",
        "{'anyone':'authenticated'} | true",
        "{'all':[{'claim':'patient','is':'p-17'},{'scope':'patient/Binary.rs'}]} | true",
        "{'all':[{'claim':'patient','is':'p-18'},{'scope':'patient/Binary.rs'}]} | false",
        "{'any':[{'subject':'bob'},{'notAfter':'2028-01-01T00:00:00Z'}]} | true",
        "{'any':[{'subject':'bob'},{'notAfter':'2026-01-01T00:00:00Z'}]} | false",
      })
  void allowsExactlyWhatItSays(String rule, boolean allowed) {
    assertThat(rule(rule).allows(ALICE, NOW)).isEqualTo(allowed);
    assertThat(RuleFinding.of(rule(rule), ALICE, NOW).holds()).isEqualTo(allowed);
  }

  @Test
  void allowsNobodyByAnEmptyList() {
    assertThat(AccessRule.NOBODY.allows(ALICE, NOW)).isFalse();
    assertThat(new AccessRule.AllOf(List.of()).allows(ALICE, NOW)).isFalse();
  }

  @Test
  void saysOfEveryPartWhetherItHolds() {
    RuleFinding finding =
        RuleFinding.of(
            rule("{'any':[{'subject':'bob'},{'all':[{'role':'x'},{'scope':'files:read'}]}]}"),
            ALICE,
            NOW);
    assertThat(finding)
        .isEqualTo(
            new RuleFinding(
                "any",
                false,
                List.of(
                    new RuleFinding("{\"subject\":\"bob\"}", false, List.of()),
                    new RuleFinding(
                        "all",
                        false,
                        List.of(
                            new RuleFinding("{\"role\":\"x\"}", false, List.of()),
                            new RuleFinding("{\"scope\":\"files:read\"}", true, List.of()))))));
  }

  private static AccessRule rule(String text) {
    try {
      return AccessRules.parse(new ObjectMapper().readTree(text.replace('\'', '"')));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }
}
