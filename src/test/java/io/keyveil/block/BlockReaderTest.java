package io.keyveil.block;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyveil.file.FieldProblem;
import io.keyveil.file.Reading;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BlockReaderTest {
  private static final Instant NOW = Instant.parse("2027-01-31T12:00:00Z");
  private final BlockReader reader = new BlockReader(() -> NOW);

  @Test
  void readsAWish() {
    assertThat(
            read(
                "{'kind':'subject','value':'mallory','issuer':'https://idp/','reason':'why',"
                    + "'expiresAt':'2027-01-31T12:00:01Z'}"))
        .isEqualTo(
            new Reading.Valid<>(
                new BlockWish(
                    new BlockTarget(BlockKind.SUBJECT, "mallory", Optional.of("https://idp/")),
                    "why",
                    Optional.of(NOW.plusSeconds(1)))));
    assertThat(read("{'kind':'everything','value':null}"))
        .isEqualTo(
            new Reading.Valid<>(
                new BlockWish(
                    new BlockTarget(BlockKind.EVERYTHING, "", Optional.empty()),
                    "",
                    Optional.empty())));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} | kind: missing (expected: one of everything, issuer, subject, client, token, file, link)",
        "{'kind':'planet'} | kind: an unknown word (expected: one of everything, issuer, subject, client, token, file, link)",
        "{'kind':'subject'} | value: missing (expected: 1 to 256 characters, none of them a control)",
        "{'kind':'subject','value':'a\\nb'} | value: not accepted (expected: 1 to 256 characters, none of them a control)",
        "{'kind':'everything','value':'x'} | value: not accepted (expected: nothing, as everything is meant)",
        "{'kind':'file','value':'x'} | value: no ID (expected: 22 of A-Z a-z 0-9 - _)",
        "{'kind':'issuer','value':'x','issuer':'y'} | issuer: not accepted (expected: an issuer beside a subject, a client or a token)",
        "{'kind':'issuer','value':'x','until':'y'} | body: an unknown field (expected: expiresAt, issuer, kind, reason, value)",
        "{'kind':'issuer','value':'x','expiresAt':'2027-01-31T12:00:00Z'} | expiresAt: not accepted (expected: a time to come, such as 2027-01-31T00:00:00Z)",
        "{'kind':'issuer','value':'x','expiresAt':'soon'} | expiresAt: not accepted (expected: a time to come, such as 2027-01-31T00:00:00Z)",
        "{'kind':'issuer','value':'x','reason':'a\\tb'} | reason: not accepted (expected: up to 256 characters, none of them a control)",
        "{'kind':'issuer','value':'x','reason':7} | reason: no text (expected: a text)",
      })
  void refusesABadWishWithOneLine(String json, String line) {
    List<String> lines =
        read(json)
            .match(
                valid -> List.of(), problems -> problems.stream().map(FieldProblem::line).toList());
    assertThat(lines).containsExactly(line);
  }

  private Reading<BlockWish> read(String json) {
    try {
      return reader.read(new ObjectMapper().readTree(json.replace('\'', '"')));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }
}
