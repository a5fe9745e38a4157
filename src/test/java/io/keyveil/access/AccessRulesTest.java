package io.keyveil.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyveil.access.AccessRule.AllOf;
import io.keyveil.access.AccessRule.AnyOf;
import io.keyveil.access.AccessRule.AnyoneAuthenticated;
import io.keyveil.access.AccessRule.ClaimIs;
import io.keyveil.access.AccessRule.HasScope;
import io.keyveil.access.AccessRule.SubjectIs;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AccessRulesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"subject\":\"alice\"}",
        "{\"subject\":\"alice\",\"issuer\":\"https://idp.example.org/\"}",
        "{\"claim\":\"patient\",\"is\":\"p-17\"}",
        "{\"scope\":\"files:all\"}",
        "{\"claim\":\"groups\",\"contains\":\"oncology\"}",
        "{\"role\":\"clinician\"}",
        "{\"issuer\":\"https://idp.example.org/\"}",
        "{\"notBefore\":\"2027-01-31T00:00:00Z\"}",
        "{\"notAfter\":\"2027-01-31T00:00:00Z\"}",
        "{\"anyone\":\"authenticated\"}",
        "{\"any\":[{\"subject\":\"alice\"},{\"all\":[{\"scope\":\"a\"},{\"scope\":\"b\"}]}]}"
      })
  void writesWhatItReads(String text) {
    AccessRule rule = AccessRules.parse(json(text));
    assertThat(AccessRules.write(rule)).isEqualTo(json(text));
    assertThat(AccessRules.stored(AccessRules.write(rule))).isEqualTo(rule);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[] | access: array (expected: an object such as {\"subject\": \"alice\"})",
        "{} | access: an empty object (expected: one of any, all, subject, claim, scope, role, issuer, notBefore, notAfter, anyone)",
        "{\"any\":[]} | access.any: an empty list (expected: at least one rule; no rule means nobody)",
        "{\"all\":[]} | access.all: an empty list (expected: at least one rule; no rule means nobody)",
        "{\"any\":{}} | access.any: object (expected: a list of rules)",
        "{\"any\":[{\"scope\":\"a\"},{\"claims\":1}]} | access.any[1]: field \"claims\" (expected: one of any, all, subject, claim, scope, role, issuer, notBefore, notAfter, anyone)",
        "{\"subject\":\"a\",\"scope\":\"b\"} | access: fields subject and scope together (expected: one of any, all, subject, claim, scope, role, issuer, notBefore, notAfter, anyone)",
        "{\"subject\":\"a\",\"is\":\"b\"} | access: field \"is\" (expected: only issuer, subject)",
        "{\"claim\":\"a\",\"is\":\"b\",\"contains\":\"c\"} | access: fields is and contains together (expected: one of them)",
        "{\"notAfter\":\"tomorrow\"} | access.notAfter: another text (expected: a time such as 2027-01-31T00:00:00Z)",
        "{\"issuer\":\"a\",\"scope\":\"b\"} | access: fields scope and issuer together (expected: one of any, all, subject, claim, scope, role, issuer, notBefore, notAfter, anyone)",
        "{\"scope\":\"a\",\"x\":\"b\"} | access: field \"x\" (expected: only scope)",
        "{\"claim\":\"patient\"} | access.is: nothing (expected: a text of 1 to 256 characters, none of them a control)",
        "{\"claim\":\"patient\",\"is\":7} | access.is: number (expected: a text of 1 to 256 characters, none of them a control)",
        "{\"subject\":\"\"} | access.subject: 0 characters (expected: a text of 1 to 256 characters, none of them a control)",
        "{\"subject\":null} | access.subject: null (expected: a text of 1 to 256 characters, none of them a control)",
        "{\"subject\":\"a\\nb\"} | access.subject: a control character (expected: a text of 1 to 256 characters, none of them a control)",
        "{\"anyone\":\"everybody\"} | access.anyone: another text (expected: \"authenticated\")",
        "{\"anyone\":true} | access.anyone: boolean (expected: a text of 1 to 256 characters, none of them a control)",
      })
  void refusesABadRuleWithOneLine(String text, String message) {
    assertThatThrownBy(() -> AccessRules.parse(json(text)))
        .isInstanceOf(InvalidRuleException.class)
        .hasMessage(message);
  }

  @Test
  void boundsTheLengthOfTexts() {
    assertThat(AccessRules.parse(json("{\"scope\":\"" + "x".repeat(256) + "\"}"))).isNotNull();
    assertThatThrownBy(() -> AccessRules.parse(json("{\"scope\":\"" + "x".repeat(257) + "\"}")))
        .isInstanceOf(InvalidRuleException.class)
        .hasMessageContaining("access.scope: 257 characters");
  }

  @Test
  void boundsTheDepth() {
    assertThat(AccessRules.parse(nested(8))).isInstanceOf(AllOf.class);
    assertThatThrownBy(() -> AccessRules.parse(nested(9)))
        .isInstanceOf(InvalidRuleException.class)
        .hasMessageContaining("rules nested deeper than 8");
  }

  @Test
  void boundsTheNumberOfRules() {
    assertThat(AccessRules.parse(wide(255))).isInstanceOf(AnyOf.class);
    assertThatThrownBy(() -> AccessRules.parse(wide(256)))
        .hasMessage("access.any[255]: more than 256 rules (expected: at most 256)");
  }

  @Test
  void readsNobodyBackFromTheStoreOnly() {
    JsonNode nobody = AccessRules.write(AccessRule.NOBODY);
    assertThat(nobody).hasToString("{\"any\":[]}");
    assertThat(AccessRules.stored(nobody)).isEqualTo(AccessRule.NOBODY);
    assertThatThrownBy(() -> AccessRules.parse(nobody)).isInstanceOf(InvalidRuleException.class);
  }

  @Test
  void readsTheCommandLine() {
    assertThat(AccessRules.parseAllow(List.of("subject=a=b")))
        .isEqualTo(new SubjectIs("a=b", Optional.empty()));
    assertThat(AccessRules.parseAllow(List.of("claim:patient=p-17", "scope=files:all")))
        .isEqualTo(new AnyOf(List.of(new ClaimIs("patient", "p-17"), new HasScope("files:all"))));
    assertThat(AccessRules.parseAllow(List.of("anyone-authenticated")))
        .isEqualTo(new AnyoneAuthenticated());
    assertThat(AccessRules.parseAllow(List.of("contains:groups=a:b=c")))
        .isEqualTo(new AccessRule.ClaimContains("groups", "a:b=c"));
    assertThat(AccessRules.parseAllow(List.of("role=nurse", "issuer=https://idp/")))
        .isEqualTo(
            new AnyOf(
                List.of(new AccessRule.HasRole("nurse"), new AccessRule.IssuerIs("https://idp/"))));
    assertThat(AccessRules.parseAllow(List.of())).isEqualTo(AccessRule.NOBODY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alice",
        "",
        "=",
        "subject=",
        "claim:=x",
        "claim:patient=",
        "claim=x",
        "user=a",
        "x:y=z",
        "contains=x"
      })
  void refusesABadAllowWithOneLine(String value) {
    assertThatThrownBy(() -> AccessRules.parseAllow(List.of("scope=a", value)))
        .isInstanceOf(InvalidRuleException.class)
        .hasMessage(
            "--allow: another form (expected: subject=NAME, claim:NAME=VALUE,"
                + " contains:NAME=VALUE, scope=NAME, role=NAME, issuer=NAME or"
                + " anyone-authenticated)");
  }

  @Test
  void refusesTooManyAllows() {
    assertThatThrownBy(() -> AccessRules.parseAllow(Collections.nCopies(256, "scope=a")))
        .hasMessage("--allow: 256 values (expected: at most 255)");
  }

  private static JsonNode nested(int depth) {
    return json("{\"all\":[".repeat(depth - 1) + "{\"scope\":\"a\"}" + "]}".repeat(depth - 1));
  }

  private static JsonNode wide(int rules) {
    return json(
        "{\"any\":[" + String.join(",", Collections.nCopies(rules, "{\"scope\":\"a\"}")) + "]}");
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
