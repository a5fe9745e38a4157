package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.file.DeliveryPolicy;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trace on its way through the gateway. */
class TraceIT {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  @TempDir Path folder;

  @Test
  void reachesStorageWithTheIdOfTheRequest() {
    List<String> seen = new CopyOnWriteArrayList<>();
    String id;
    try (GatewayHarness first = GatewayHarness.start(folder)) {
      id = first.opaqueFile(new byte[10], "alice", DeliveryPolicy.STREAM);
    }
    Vertx vertx = Vertx.vertx();
    HttpServer storage =
        vertx
            .createHttpServer()
            .requestHandler(
                request -> {
                  seen.addAll(request.headers().getAll("traceparent"));
                  var unused = request.response().setStatusCode(404).end();
                })
            .listen(0, "127.0.0.1")
            .await();
    URI endpoint = URI.create("http://127.0.0.1:" + storage.actualPort());
    try (GatewayHarness gateway = GatewayHarness.on(endpoint, folder, settings -> settings)) {
      String token = gateway.reader("alice");
      String field = "00-" + TRACE + "-00f067aa0ba902b7-01";
      var answer = gateway.get("/files/" + id, token, "traceparent", field);
      assertThat(answer.status()).isEqualTo(410);
      String request = answer.header("x-request-id").orElseThrow();
      assertThat(seen).containsExactly("00-" + TRACE + "-" + request.substring(0, 16) + "-01");
      assertThat(answer.headers()).doesNotContainKey("traceparent");
      assertThat(gateway.get("/files/" + id, token, "traceparent", "x").status()).isEqualTo(410);
      assertThat(seen).hasSize(1);
    } finally {
      vertx.close().await();
    }
  }
}
