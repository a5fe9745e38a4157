package io.keyveil.audit;

import static io.keyveil.audit.Await.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Java's verifier and the one in Python, on logs that somebody has changed: they have to say the
 * same of each, down to the number of the line.
 */
@Tag("long")
final class TwoVerifiersIT {
  private static final int RECORDS = 1000;
  private static final int MUTATIONS = 1000;
  static final String PUBLIC =
      """
      -----BEGIN PUBLIC KEY-----
      MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
      -----END PUBLIC KEY-----
      """;

  @TempDir static Path temp;

  private static List<byte[]> lines = List.of();
  private static String note = "";

  @BeforeAll
  static void writeALog() throws IOException {
    Vertx vertx = Vertx.vertx();
    Path folder = temp.resolve("log");
    FileAuditLog log =
        FileAuditLog.open(
            vertx,
            CheckpointTest.settings(folder, Optional.of(CheckpointTest.KEY), 100, 1L << 30),
            InstantSource.fixed(SampleRecords.NOW),
            SampleRecords.RANDOM);
    List<AuditRecord> records = new ArrayList<>();
    for (int i = 0; i < RECORDS / 2 - 5; i++) {
      AuditRecord.Intent intent = SampleRecords.intent("r" + i);
      records.add(intent);
      records.add(SampleRecords.completion(intent));
    }
    get(log.append(records));
    get(log.close());
    get(vertx.close());
    lines = split(Files.readAllBytes(AuditFiles.inOrder(folder).get(0)));
    note = Files.readString(folder.resolve("checkpoint"));
    assertThat(lines).hasSize(RECORDS);
    Files.writeString(temp.resolve("key.pem"), PUBLIC);
    Files.writeString(temp.resolve("checkpoint"), note);
  }

  @AfterAll
  static void forget() {
    lines = List.of();
  }

  private static List<byte[]> split(byte[] all) {
    List<byte[]> found = new ArrayList<>();
    int from = 0;
    for (int at = 0; at < all.length; at++) {
      if (all[at] == '\n') {
        found.add(Arrays.copyOfRange(all, from, at + 1));
        from = at + 1;
      }
    }
    return found;
  }

  @Test
  void agreeOnAThousandChangedLogsAndMissNone() throws Exception {
    requirePython();
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<Path> folders = new ArrayList<>();
    for (int i = 0; i < MUTATIONS; i++) {
      folders.add(write("m" + i, mutated(random)));
    }
    List<String> python = python(folders, List.of());
    for (int i = 0; i < MUTATIONS; i++) {
      assertThat(java(folders.get(i), Optional.empty()))
          .as("seed %d, log %d", seed, i)
          .isEqualTo(python.get(i))
          .startsWith("broken: ");
    }
  }

  @Test
  void agreeOnEndsThatWereCutOff() throws Exception {
    requirePython();
    List<Path> folders = new ArrayList<>();
    for (int left : new int[] {0, 1, 2, 99, 101, 500, 998, 999, 1000}) {
      folders.add(write("cut" + left, join(lines.subList(0, left))));
    }
    Path torn = write("torn", join(lines));
    Files.write(torn.resolve("a.jsonl"), Arrays.copyOf(join(lines), join(lines).length - 1));
    folders.add(torn);
    List<String> python =
        python(folders, List.of("--checkpoint", temp.resolve("checkpoint").toString()));
    for (int i = 0; i < folders.size(); i++) {
      assertThat(java(folders.get(i), Optional.of(note))).isEqualTo(python.get(i));
      assertThat(python.get(i)).startsWith(i == 8 ? "sound: " : "broken: ");
    }
  }

  /** A changed byte, a dropped, swapped or doubled line, or several of them. */
  private static byte[] mutated(Random random) {
    List<byte[]> changed = new ArrayList<>(lines);
    int what = random.nextInt(6);
    int at = random.nextInt(RECORDS);
    if (what < 3) {
      // The end of the last line is left alone: without it the line is torn.
      byte[] line = changed.get(at).clone();
      int place = random.nextInt(line.length - (at == RECORDS - 1 ? 1 : 0));
      line[place] ^= (byte) (1 + random.nextInt(255));
      changed.set(at, line);
    } else if (what == 3) {
      changed.remove(random.nextInt(RECORDS - 1));
    } else if (what == 4) {
      Collections.swap(changed, at, (at + 1 + random.nextInt(RECORDS - 1)) % RECORDS);
    } else {
      changed.add(random.nextInt(RECORDS), changed.get(at));
    }
    return join(changed);
  }

  private static byte[] join(List<byte[]> parts) {
    java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
    parts.forEach(all::writeBytes);
    return all.toByteArray();
  }

  private static Path write(String name, byte[] log) throws IOException {
    Path folder = Files.createDirectories(temp.resolve(name));
    Files.write(folder.resolve("a.jsonl"), log);
    return folder;
  }

  private static String java(Path folder, Optional<String> witness) throws IOException {
    return AuditVerifier.verify(
            folder, new AuditVerifier.Expected(List.of(CheckpointTest.KEY.open()), witness))
        .match(
            sound ->
                String.format(
                    "sound: %d records in %d files, %d checkpoints, the last over record %d, torn"
                        + " tails %d, head %s",
                    sound.records(),
                    sound.files(),
                    sound.checkpoints(),
                    sound.covered(),
                    sound.tornTails(),
                    sound.head()),
            broken -> "broken: " + broken.file() + ":" + broken.line() + ": " + broken.why());
  }

  private static List<String> python(List<Path> folders, List<String> options) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "python3",
                "deploy/audit-verify.py",
                "--public-key",
                temp.resolve("key.pem").toString()));
    command.addAll(options);
    folders.forEach(folder -> command.add(folder.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    List<String> verdicts = output.lines().toList();
    assertThat(verdicts).as(output).hasSize(folders.size());
    return verdicts;
  }

  private static void requirePython() {
    boolean found;
    try {
      found = new ProcessBuilder("python3", "--version").start().waitFor() == 0;
    } catch (IOException | InterruptedException e) {
      found = false;
    }
    assumeTrue(found, "python3 is not installed");
  }
}
