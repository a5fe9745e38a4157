package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.access.IssuerKeyPair;
import io.keyveil.access.TokenMint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An issuer changes its key while clients download: none of them notices. */
class RotationIT {
  private static final int CLIENTS = 4;
  @TempDir Path folder;
  private volatile String token = "";

  @Test
  void changesNothingForClientsThatFollow() throws Exception {
    try (GatewayHarness gateway = GatewayHarness.start(folder)) {
      String id = gateway.file("k", new byte[1000], "alice", "stream");
      IssuerKeyPair next = IssuerKeyPair.generate(new SecureRandom());
      String before = gateway.reader("alice");
      String after = token(next);
      token = before;
      AtomicBoolean over = new AtomicBoolean();
      ConcurrentMap<Integer, Integer> statuses = new ConcurrentHashMap<>();
      ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
      for (int i = 0; i < CLIENTS; i++) {
        clients.execute(
            () -> {
              while (!over.get()) {
                statuses.merge(status(gateway, id, token), 1, Integer::sum);
              }
            });
      }
      publish(gateway.issuer(), next);
      Wait.until("the new key", () -> status(gateway, id, after) == 200);
      token = after;
      publish(next);
      Wait.until("the end of the old key", () -> status(gateway, id, before) == 401);
      int soFar = total(statuses);
      Wait.until("more downloads", () -> total(statuses) > soFar + 100);
      over.set(true);
      clients.shutdown();
      assertThat(clients.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
      System.out.println("rotation under load: " + statuses);
      assertThat(statuses.keySet()).containsExactly(200);
      Wait.until(
          "both changes in the audit log",
          () ->
              gateway.audit().stream().filter(line -> line.contains("\"keys-rotated\"")).count()
                  == 2);
    }
  }

  private static int status(GatewayHarness gateway, String id, String token) {
    return gateway.get("/files/" + id, token).status();
  }

  private static int total(Map<Integer, Integer> statuses) {
    return statuses.values().stream().mapToInt(count -> count).sum();
  }

  private static String token(IssuerKeyPair pair) {
    return TokenMint.of(
            pair.privatePem(), Optional.empty(), InstantSource.system(), new SecureRandom())
        .mint(
            new TokenMint.Grant(
                GatewayHarness.ISSUER,
                GatewayHarness.AUDIENCE,
                "alice",
                Set.of("files:read"),
                Map.of(),
                Duration.ofMinutes(10)));
  }

  /** As a careful issuer does: no reader ever finds half a file. */
  private void publish(IssuerKeyPair... pairs) throws IOException {
    ObjectNode set = pairs[0].jwkSet().deepCopy();
    for (IssuerKeyPair pair : List.of(pairs).subList(1, pairs.length)) {
      set.withArray("keys").add(pair.jwkSet().path("keys").get(0));
    }
    Path whole = Files.writeString(folder.resolve("jwks.new"), set.toString());
    var unused = Files.move(whole, folder.resolve("jwks.json"), StandardCopyOption.ATOMIC_MOVE);
  }
}
