package io.keyveil.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyveil.access.AccessRules;
import io.keyveil.access.Algorithm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The examples work, in production. */
final class ExamplesTest {
  private static final Path EXAMPLES = Path.of("conf", "examples");

  @Test
  void smartOnFhirIsAConfiguration() {
    KeyveilSettings settings = ConfigReader.read(EXAMPLES.resolve("smart-on-fhir.yaml"), Map.of());
    assertThat(settings.profile()).isEqualTo(Profile.PRODUCTION);
    assertThat(settings.tokens().issuers())
        .singleElement()
        .satisfies(
            issuer -> {
              assertThat(issuer.requiredClaims()).containsExactly("patient", "client_id");
              assertThat(issuer.algorithms()).containsExactly(Algorithm.RS384, Algorithm.ES384);
            });
    assertThat(settings.delivery().readScope()).isEmpty();
  }

  @Test
  void smartOnFhirHasARule() throws IOException {
    var json =
        new ObjectMapper().readTree(Files.readString(EXAMPLES.resolve("smart-on-fhir.json")));
    assertThat(AccessRules.write(AccessRules.parse(json))).isEqualTo(json);
  }
}
