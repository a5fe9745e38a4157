package io.keyveil.audit;

import static io.keyveil.audit.Await.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a process that writes as fast as it can, again and again on one folder, each time after
 * some other number of decisions. {@code -Dkeyveil.kills=200} for the long run.
 */
final class KillLoopIT {
  private static final int KILLS = Integer.getInteger("keyveil.kills", 12);

  @TempDir Path folder;

  @Test
  @Timeout(value = 20, unit = TimeUnit.MINUTES)
  void losesNothingThatWasPromisedAndEndsEveryDownload() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Set<String> promised = new HashSet<>();
    int torn = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      // The first one has hardly begun, and has to be covered by what its start has signed.
      promised.addAll(kill == 0 ? killed(1, 3) : killed(random.nextInt(400), 100_000));
      Verdict.Sound found = sound();
      assertThat(found.tornTails()).as("seed %d, kill %d", seed, kill).isLessThanOrEqualTo(1);
      torn += found.tornTails();
    }
    Vertx vertx = Vertx.vertx();
    AuditSettings settings =
        CheckpointTest.settings(folder, Optional.of(CheckpointTest.KEY), 50, 64 * 1024);
    FileAuditLog last =
        FileAuditLog.open(vertx, settings, InstantSource.system(), SampleRecords.RANDOM);
    get(last.close());
    get(vertx.close());
    Verdict.Sound after = sound();
    assertThat(after.tornTails()).isZero();
    Map<String, Integer> ends = new HashMap<>();
    int[] unknown = {0};
    AuditReader.read(
        folder,
        record -> true,
        record -> {
          String event = record.path("event").asText();
          if (record.path("kind").asText().equals("intent")) {
            ends.put(event, 0);
          } else if (record.path("kind").asText().equals("completion")) {
            ends.merge(event, 1, Integer::sum);
            unknown[0] += record.path("outcome").asText().startsWith("unknown") ? 1 : 0;
          }
        });
    assertThat(ends.keySet()).containsAll(promised);
    assertThat(ends.values()).as("one end for each").containsOnly(1);
    System.out.printf(
        "kills %d, promised %d, records %d in %d files, torn tails moved away %d, unknown after"
            + " crash %d%n",
        KILLS, promised.size(), after.records(), after.files(), torn, unknown[0]);
    try (Stream<Path> all = Files.list(folder)) {
      assertThat(all.filter(file -> file.toString().endsWith(".torn")).count()).isEqualTo(torn);
    }
  }

  /** What one process promised of its downloads before it was killed, after so many at least. */
  private List<String> killed(int after, int downloads) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                AuditProcess.class.getName(),
                folder.toString(),
                Integer.toString(downloads))
            .redirectErrorStream(true)
            .start();
    List<String> promised = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      boolean begun = false;
      for (String line = lines.readLine();
          line != null && !(begun && promised.size() >= after);
          line = lines.readLine()) {
        begun |= line.equals("opened");
        if (line.matches("[A-Za-z0-9_-]{22}")) {
          promised.add(line);
        }
      }
      assertThat(begun).as("it has begun").isTrue();
      var unused = process.destroyForcibly();
    }
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    return promised;
  }

  private Verdict.Sound sound() throws IOException {
    return AuditVerifier.verify(
            folder,
            new AuditVerifier.Expected(List.of(CheckpointTest.KEY.open()), Optional.empty()))
        .match(
            sound -> sound,
            broken -> {
              throw new AssertionError(broken.toString());
            });
  }
}
