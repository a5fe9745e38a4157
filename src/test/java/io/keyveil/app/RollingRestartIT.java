package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.file.DeliveryPolicy;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three instances behind HAProxy change their version one after the other, and nobody notices. */
@Tag("long")
class RollingRestartIT {
  private static final int SIZE = 32 << 20;
  private static final String PLAIN = "tls: off, trustedProxies: [127.0.0.1]";
  private static final String DRAIN = "delay: 1s, deadline: 1s";

  @TempDir Path folder;

  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicInteger whole = new AtomicInteger();
  private final AtomicInteger resumed = new AtomicInteger();
  private final Map<String, Integer> ends = new ConcurrentSkipListMap<>();
  private String url = "";
  private String token = "";
  private String digest = "";

  @Test
  void losesNobodysDownload() throws Exception {
    restart("SQLite", Optional.empty());
  }

  @Test
  void losesNobodysDownloadOnPostgres() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start()) {
      restart("PostgreSQL", Optional.of(server.getPort()));
    }
  }

  private void restart(String store, Optional<Integer> postgres) throws Exception {
    Program.require("curl");
    Program.require("aria2c");
    Front.require("/usr/sbin/haproxy");
    byte[] content = new byte[SIZE];
    new Random(7).nextBytes(content);
    digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    int port = Front.freePort();
    try (GatewayHarness beside =
            GatewayHarness.start(
                folder,
                settings -> postgres.map(at -> PostgresFleetIT.on(settings, at)).orElse(settings));
        GatewayProcess one = instance(beside, "one", postgres);
        GatewayProcess two = instance(beside, "two", postgres);
        GatewayProcess three = instance(beside, "three", postgres)) {
      String id = beside.opaqueFile(content, "alice", DeliveryPolicy.STREAM);
      url = "https://localhost:" + port + "/files/" + id;
      token = beside.reader("alice");
      List<GatewayProcess> all = List.of(one, two, three);
      all.forEach(GatewayProcess::awaitReady);
      try (Front front = haproxy(port, all)) {
        ExecutorService clients = Executors.newFixedThreadPool(4);
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          int number = i;
          running.add(clients.submit(() -> curls("curl-" + number)));
        }
        running.add(clients.submit(() -> arias("aria")));
        for (GatewayProcess each : all) {
          int before = whole.get();
          Wait.until("downloads", () -> whole.get() >= before + 1 || failed(running));
          each.terminate();
          assertThat(each.awaitEnd()).isZero();
          each.restart();
          each.awaitReady();
        }
        int before = whole.get();
        Wait.until("downloads", () -> whole.get() >= before + 1 || failed(running));
        over.set(true);
        for (Future<?> each : running) {
          var unused = each.get();
        }
        clients.shutdown();
        long cut =
            all.stream()
                .flatMap(each -> each.audit().stream())
                .filter(line -> line.contains("\"outcome\":\"cut-by-drain\""))
                .count();
        System.out.println(
            "rolling restart of 3 instances on "
                + store
                + ": "
                + whole
                + " files whole and right, "
                + resumed
                + " resumes, "
                + cut
                + " cut by drain, ends of single attempts "
                + ends);
        assertThat(front.output()).doesNotContain("ALERT");
        assertThat(whole.get()).isGreaterThan(8);
        // 0: whole; 18: cut, to be resumed.
        assertThat(ends.keySet()).isSubsetOf("aria2c 0", "curl 0", "curl 18", "curl 56", "curl 92");
      }
    }
  }

  private static GatewayProcess instance(
      GatewayHarness beside, String name, Optional<Integer> postgres) {
    GatewayProcess.Wish wish =
        new GatewayProcess.Wish(beside, beside.s3().endpoint(), PLAIN, DRAIN);
    return new GatewayProcess(
        beside,
        name,
        postgres
            .map(
                at ->
                    wish.withStore(
                        "url: \"postgresql://localhost:%d/postgres\", user: postgres"
                            .formatted(at)))
            .orElse(wish));
  }

  private static boolean failed(List<Future<?>> running) {
    return running.stream().anyMatch(Future::isDone);
  }

  /** Files one after the other, each with {@code curl -C -} until it is there. */
  private void curls(String name) {
    Path file = folder.resolve(name);
    while (!over.get()) {
      int attempts = 0;
      int code;
      do {
        Program.Result got =
            run(
                "curl",
                "-sS",
                "-f",
                "-C",
                "-",
                "--limit-rate",
                "5M",
                "--cacert",
                "cert.pem",
                "-H",
                "Authorization: Bearer " + token,
                "-o",
                file.toString(),
                url);
        code = got.code();
        count("curl " + code, got);
        attempts++;
      } while (code != 0 && attempts < 20);
      resumed.addAndGet(attempts - 1);
      check(file);
    }
  }

  private void arias(String name) {
    Path file = folder.resolve(name);
    while (!over.get()) {
      Program.Result got =
          run(
              "aria2c",
              "-q",
              "-x3",
              "-s3",
              "-k1M",
              "--max-tries=20",
              "--retry-wait=1",
              "--max-overall-download-limit=8M",
              "--ca-certificate=" + folder.resolve("cert.pem"),
              "--header=Authorization: Bearer " + token,
              "-d",
              folder.toString(),
              "-o",
              name,
              url);
      count("aria2c " + got.code(), got);
      check(file);
    }
  }

  private Program.Result run(String... command) {
    return Program.run(folder, Map.of(), command);
  }

  private void count(String end, Program.Result got) {
    if (ends.merge(end, 1, Integer::sum) == 1 && got.code() != 0) {
      System.out.println(end + ": " + got.err().strip());
    }
  }

  private void check(Path file) {
    try {
      byte[] bytes = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
      assertThat(HexFormat.of().formatHex(bytes)).isEqualTo(digest);
      Files.delete(file);
      whole.incrementAndGet();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private Front haproxy(int port, List<GatewayProcess> all) {
    Map<String, String> replaced = new LinkedHashMap<>();
    replaced.put("bind :443", "bind 127.0.0.1:" + port);
    replaced.put("bind :80", "bind 127.0.0.1:" + Front.freePort());
    replaced.put("/etc/haproxy/keyveil.pem", Front.pem(folder).toString());
    replaced.put("maxconn 20000", "maxconn 200");
    replaced.put("check port 9090", "check");
    for (int i = 0; i < all.size(); i++) {
      replaced.put(
          "10.0.0.1" + (i + 1) + ":8443",
          "127.0.0.1:" + all.get(i).port() + " port " + all.get(i).management());
    }
    return Front.haproxy(folder, "keyveil.cfg", port, replaced);
  }
}
