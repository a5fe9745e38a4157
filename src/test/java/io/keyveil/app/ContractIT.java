package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.app.GatewayHarness.Answer;
import io.keyveil.http.OpenApiDocument;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract and the routes that the gateway really has are the same. */
class ContractIT {
  @TempDir Path folder;

  @Test
  void namesEveryRouteAndNoOther() {
    try (GatewayHarness gateway = GatewayHarness.start(folder)) {
      assertThat(gateway.gateway().operations())
          .containsExactlyInAnyOrderElementsOf(OpenApiDocument.load().operations());
      Answer served =
          gateway.send(HttpMethod.GET, "/openapi.yaml", Optional.empty(), Buffer.buffer());
      assertThat(served.status()).isEqualTo(200);
      assertThat(served.header("content-type")).contains("application/yaml");
      assertThat(served.text()).startsWith("openapi: 3.1");
    }
  }
}
