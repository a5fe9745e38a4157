package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.app.GatewayHarness.Answer;
import io.keyveil.config.KeyveilSettings;
import io.keyveil.file.FileCacheSettings;
import io.keyveil.store.StoreSettings;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three gateways on one PostgreSQL. {@code -Dkeyveil.revocations=200} makes the measurement longer.
 */
@Tag("long")
class PostgresFleetIT {
  private static final int REVOCATIONS = Integer.getInteger("keyveil.revocations", 15);

  @TempDir Path folder;

  private static KeyveilSettings with(KeyveilSettings settings, int port, Duration duringOutage) {
    return new KeyveilSettings(
        settings.profile(),
        settings.listen(),
        settings.management(),
        settings.tokens(),
        new StoreSettings(
            "postgresql://localhost:" + port + "/postgres",
            "postgres",
            Optional.empty(),
            8,
            512,
            Duration.ofSeconds(2)),
        new FileCacheSettings(
            settings.cache().maxEntries(), settings.cache().maxAge(), duringOutage),
        settings.s3(),
        settings.delivery(),
        settings.links(),
        settings.audit(),
        settings.limits(),
        settings.cors(),
        settings.pages(),
        settings.drain());
  }

  static KeyveilSettings on(KeyveilSettings settings, int port) {
    return with(settings, port, Duration.ZERO);
  }

  @Test
  void hearsOfEveryRevocationEverywhereUnderLoad() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start();
        GatewayHarness first =
            GatewayHarness.start(
                Files.createDirectory(folder.resolve("1")),
                settings -> with(settings, server.getPort(), Duration.ZERO));
        GatewayHarness second = another(first, "2", server.getPort());
        GatewayHarness third = another(first, "3", server.getPort())) {
      List<GatewayHarness> all = List.of(first, second, third);
      List<String> tokens = all.stream().map(gateway -> gateway.reader("alice")).toList();
      String lasting = first.file("patients/lasting.bin", new byte[1000], "alice", "stream");
      AtomicBoolean stop = new AtomicBoolean();
      AtomicLong served = new AtomicLong();
      ExecutorService load = Executors.newFixedThreadPool(3);
      List<Future<?>> clients = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        GatewayHarness gateway = all.get(i);
        String token = tokens.get(i);
        clients.add(
            load.submit(
                () -> {
                  while (!stop.get()) {
                    assertThat(gateway.get("/files/" + lasting, token).status()).isEqualTo(200);
                    served.incrementAndGet();
                  }
                }));
      }
      List<Long> times = new ArrayList<>();
      try {
        for (int i = 0; i < REVOCATIONS; i++) {
          times.add(revocation(all, tokens, "patients/" + i + ".bin"));
        }
      } finally {
        stop.set(true);
        load.shutdown();
      }
      for (Future<?> client : clients) {
        assertThat(client.get()).isNull();
      }
      times.sort(null);
      System.out.printf(
          "%d revocations over three instances, %d downloads beside them: median %d ms, worst %d ms%n",
          REVOCATIONS, served.get(), times.get(times.size() / 2), times.get(times.size() - 1));
    }
  }

  private GatewayHarness another(GatewayHarness first, String name, int port) throws IOException {
    return GatewayHarness.on(
        first.s3().endpoint(),
        Files.createDirectory(folder.resolve(name)),
        settings -> with(settings, port, Duration.ZERO));
  }

  /** From the answer to the revocation until the last instance refuses, in milliseconds. */
  private static long revocation(List<GatewayHarness> all, List<String> tokens, String key) {
    String id = all.get(0).file(key, new byte[100], "alice", "stream");
    for (int i = 0; i < all.size(); i++) {
      assertThat(all.get(i).get("/files/" + id, tokens.get(i)).status()).isEqualTo(200);
    }
    assertThat(all.get(0).revoke(id).status()).isEqualTo(204);
    long revoked = System.nanoTime();
    for (int i = 0; i < all.size(); i++) {
      GatewayHarness gateway = all.get(i);
      String token = tokens.get(i);
      Wait.until("404", () -> gateway.get("/files/" + id, token).status() == 404);
    }
    return (System.nanoTime() - revoked) / 1_000_000;
  }

  @Test
  void refusesWhileTheDatabaseIsDownAndRecoversByItself() throws IOException {
    outage(Duration.ZERO, 503);
  }

  @Test
  void servesWhatItRemembersWhereItIsToldTo() throws IOException {
    outage(Duration.ofMinutes(5), 200);
  }

  private void outage(Duration duringOutage, int remembered) throws IOException {
    Path data = folder.resolve("data");
    EmbeddedPostgres server =
        EmbeddedPostgres.builder().setDataDirectory(data).setCleanDataDirectory(false).start();
    int port = server.getPort();
    try (GatewayHarness gateway =
        GatewayHarness.start(folder, settings -> with(settings, port, duringOutage))) {
      String known = gateway.file("patients/known.bin", new byte[100], "alice", "stream");
      String other = gateway.file("patients/other.bin", new byte[100], "alice", "stream");
      String alice = gateway.reader("alice");
      assertThat(gateway.get("/files/" + known, alice).status()).isEqualTo(200);
      server.close();
      Wait.until("503", () -> gateway.get("/files/" + other, alice).status() == 503);
      Wait.until(
          "the outage is noticed",
          () -> gateway.get("/files/" + known, alice).status() == remembered);
      Answer busy = gateway.get("/files/" + other, alice);
      assertThat(busy.header("retry-after")).isPresent();
      assertThat(gateway.management("/readyz").status()).isEqualTo(503);
      assertThat(
              gateway
                  .send(
                      HttpMethod.GET, "/links/" + "A".repeat(32), Optional.empty(), Buffer.buffer())
                  .status())
          .isEqualTo(503);
      server =
          EmbeddedPostgres.builder()
              .setDataDirectory(data)
              .setCleanDataDirectory(false)
              .setPort(port)
              .start();
      Wait.until("recovery", () -> gateway.get("/files/" + other, alice).status() == 200);
      Wait.until("readiness", () -> gateway.management("/readyz").status() == 200);
      assertThat(gateway.revoke(known).status()).isEqualTo(204);
      Wait.until("word of it", () -> gateway.get("/files/" + known, alice).status() == 404);
    } finally {
      server.close();
    }
  }
}
