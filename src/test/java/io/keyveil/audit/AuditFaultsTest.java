package io.keyveil.audit;

import static io.keyveil.audit.Await.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.audit.FaultyDisk.Operation;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds whatever fails: nothing that was promised is lost, nothing that failed is there. */
final class AuditFaultsTest {
  @TempDir Path temp;

  private final Vertx vertx = Vertx.vertx();
  private volatile Instant now = SampleRecords.NOW;

  @AfterEach
  void close() {
    get(vertx.close());
  }

  private AuditSettings settings(Path folder, int records, long size) {
    return new AuditSettings(
        folder,
        Durability.FSYNC,
        100,
        Optional.of("i1"),
        Optional.of(CheckpointTest.KEY),
        "example.org/log",
        new AuditSettings.CheckpointRate(records, Duration.ofHours(1)),
        new AuditSettings.Rotation(size, Duration.ofDays(1)),
        Duration.ofMinutes(1),
        ShipSettings.DEFAULTS);
  }

  private FileAuditLog open(Path folder, int records, long size, AuditSink.Opener disk) {
    return new FileAuditLog(
        vertx,
        settings(folder, records, size),
        (InstantSource) () -> now,
        SampleRecords.RANDOM,
        disk);
  }

  private static Set<String> requests(Path folder) throws IOException {
    Set<String> requests = new HashSet<>();
    AuditReader.read(
        folder,
        record -> record.path("kind").asText().equals("intent"),
        record -> assertThat(requests.add(record.path("request").asText())).isTrue());
    return requests;
  }

  private static Verdict.Sound sound(Path folder) throws IOException {
    return AuditVerifier.verify(
            folder,
            new AuditVerifier.Expected(List.of(CheckpointTest.KEY.open()), Optional.empty()))
        .match(
            sound -> sound,
            broken -> {
              throw new AssertionError(broken.toString());
            });
  }

  /** Every promise kept and nothing else written, at once and after the next start. */
  private void check(Path folder, Set<String> promised, int ends) throws IOException {
    assertThat(sound(folder).tornTails()).isZero();
    assertThat(requests(folder)).isEqualTo(promised);
    get(open(folder, 3, 900, new AuditSink.Opener.OnDisk()).close());
    Verdict.Sound after = sound(folder);
    assertThat(after.covered()).isEqualTo(Math.max(0, after.last() - 1));
    assertThat(requests(folder)).isEqualTo(promised);
    List<ObjectNode> completions = new ArrayList<>();
    AuditReader.read(
        folder, record -> record.path("kind").asText().equals("completion"), completions::add);
    assertThat(completions).as("one end for each intent").hasSize(promised.size());
    assertThat(
            completions.stream()
                .filter(end -> !end.path("outcome").asText().equals("unknown-after-crash")))
        .as("no end is lost that was told while nothing could be written")
        .hasSize(ends);
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void keepsItsPromisesWhicheverOperationFails(Operation operation) throws IOException {
    boolean failed = true;
    int n = 0;
    while (failed) {
      n++;
      Path folder = temp.resolve(operation + "-" + n);
      FaultyDisk disk = new FaultyDisk(operation, n);
      Set<String> promised = new HashSet<>();
      int ends = 0;
      try {
        FileAuditLog log = open(folder, 3, 900, disk);
        for (int i = 0; i < 12; i++) {
          AuditRecord.Intent intent = SampleRecords.intent("r" + i);
          if (written(log.append(intent))) {
            promised.add("r" + i);
            if (i % 3 > 0) {
              ends++;
              boolean unused = written(log.follow(SampleRecords.completion(intent)));
            }
          }
        }
        // The first question may be what the fault falls on.
        boolean well = get(log.health()).isEmpty();
        assertThat(well || get(log.health()).isEmpty()).isTrue();
        get(log.close());
      } catch (AuditUnavailableException e) {
        // It could not even start.
        assertThat(promised).isEmpty();
      }
      failed = disk.failed();
      check(folder, promised, ends);
    }
    assertThat(n).as("how often it came").isGreaterThan(3);
    System.out.println(operation + ": failed at each of " + (n - 1) + " places");
  }

  private static boolean written(Future<Void> result) {
    return get(result.map(true).otherwise(false));
  }

  @Test
  void isBackWhenTheRealFullDeviceIsGone() throws IOException {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "there is no /dev/full");
    boolean[] isFull = {true};
    AuditSink.Opener opener =
        file -> {
          AuditSink real = AuditSink.create(file);
          FileChannel device = FileChannel.open(full, StandardOpenOption.WRITE);
          return new AuditSink() {
            @Override
            public void write(ByteBuffer bytes) throws IOException {
              if (isFull[0]) {
                device.write(bytes);
              } else {
                real.write(bytes);
              }
            }

            @Override
            public void force() throws IOException {
              real.force();
            }

            @Override
            public void close() throws IOException {
              device.close();
              real.close();
            }
          };
        };
    FileAuditLog log = open(temp, 3, 900, opener);
    assertThat(written(log.append(SampleRecords.intent("a")))).isFalse();
    assertThat(get(log.health())).hasValueSatisfying(why -> assertThat(why).contains("No space"));
    isFull[0] = false;
    assertThat(get(log.health())).isEmpty();
    assertThat(written(log.append(SampleRecords.intent("b")))).isTrue();
    get(log.close());
    assertThat(requests(temp)).containsExactly("b");
    assertThat(sound(temp).records()).isPositive();
  }

  @Test
  void answersWhileAFifoWithoutAReaderBlocksIt() throws Exception {
    Path fifo = temp.resolve("fifo");
    assumeTrue(
        new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor() == 0,
        "mkfifo is not installed");
    Path folder = temp.resolve("audit");
    AtomicBoolean blocked = new AtomicBoolean();
    AtomicBoolean reached = new AtomicBoolean();
    AuditSink.Opener opener =
        file -> {
          if (blocked.get()) {
            reached.set(true);
            // Opening it for writing waits until somebody reads.
            FileChannel.open(fifo, StandardOpenOption.WRITE).close();
          }
          return AuditSink.create(file);
        };
    FileAuditLog log = open(folder, 1000, 1, opener);
    assertThat(written(log.append(SampleRecords.intent("a")))).isTrue();
    blocked.set(true);
    Future<Void> stuck = log.append(SampleRecords.intent("b"));
    while (!reached.get()) {
      Thread.onSpinWait();
    }
    while (!stuck.isComplete()) {
      log.lookAfterWriter();
      Thread.onSpinWait();
    }
    assertThat(written(stuck)).isFalse();
    assertThat(written(log.append(SampleRecords.intent("c")))).isFalse();
    assertThat(get(log.health())).contains("the disk does not answer");
    blocked.set(false);
    byte[] nothing = Files.readAllBytes(fifo);
    assertThat(nothing).isEmpty();
    boolean again = false;
    while (!again) {
      again = get(log.health()).isEmpty();
    }
    assertThat(written(log.append(SampleRecords.intent("d")))).isTrue();
    get(log.close());
    // What was told to have failed came to disk after all, and says so itself.
    // Which of the two the writer had taken when it was found to stand still is its own affair.
    List<String> late = new ArrayList<>(requests(folder));
    assertThat(late).contains("a", "d");
    late.removeAll(List.of("a", "d"));
    assertThat(late).isNotEmpty();
    List<String> ends = new ArrayList<>();
    AuditReader.read(
        folder,
        record -> record.path("outcome").asText().equals("not-started"),
        record -> ends.add(record.path("request").asText()));
    assertThat(ends).containsExactlyInAnyOrderElementsOf(late);
    assertThat(sound(folder).records()).isPositive();
  }

  @Test
  void livesThroughAFullFileSystemOfAMebibyte() throws Exception {
    Process process =
        new ProcessBuilder(
                "unshare",
                "-m",
                "sh",
                "-c",
                "mount -t tmpfs -o size=1m tmpfs "
                    + temp
                    + " && exec "
                    + Path.of(System.getProperty("java.home"), "bin", "java")
                    + " -cp "
                    + System.getProperty("java.class.path")
                    + " "
                    + FullFileSystem.class.getName()
                    + " "
                    + temp)
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assumeTrue(output.contains("begun"), "no mount namespace here: " + output);
    assertThat(output).contains("was full", "back without a restart", "sound");
  }

  @Test
  void goesOnWhicheverWayTheClockJumps() throws IOException {
    for (long jump : new long[] {3600, -7200, 86_400 * 40L, -86_400 * 400L, 0, 1}) {
      now = now.plusSeconds(jump);
      FileAuditLog log = open(temp, 2, 900, new AuditSink.Opener.OnDisk());
      for (int i = 0; i < 3; i++) {
        get(log.append(SampleRecords.management("go-on")));
        now = now.plusSeconds(jump);
        get(log.checkpoint());
      }
      get(log.close());
    }
    Verdict.Sound sound = sound(temp);
    assertThat(sound.covered()).isEqualTo(sound.last() - 1);
  }

  @Test
  void rotatesByAgeAlsoAfterAClockThatRanBack() throws IOException {
    FileAuditLog log = open(temp, 1000, 1L << 30, new AuditSink.Opener.OnDisk());
    get(log.append(SampleRecords.management("a")));
    now = now.minus(Duration.ofDays(10));
    get(log.append(SampleRecords.management("b")));
    now = now.plus(Duration.ofDays(1));
    get(log.append(SampleRecords.management("c")));
    get(log.append(SampleRecords.management("d")));
    get(log.close());
    assertThat(AuditFiles.inOrder(temp)).hasSize(2);
  }

  @Test
  void rotatesAtEveryBoundary() throws IOException {
    byte[] line = SampleRecords.line(SampleRecords.intent("r0"), ChainLink.START, "i1");
    for (long size = 1; size < line.length * 3L; size += 61) {
      Path folder = temp.resolve("size" + size);
      FileAuditLog log = open(folder, 4, size, new AuditSink.Opener.OnDisk());
      for (int i = 0; i < 6; i++) {
        AuditRecord.Intent intent = SampleRecords.intent("r" + i);
        get(log.append(List.of(intent, SampleRecords.completion(intent))));
      }
      get(log.close());
      assertThat(requests(folder)).hasSize(6);
      Verdict.Sound sound = sound(folder);
      assertThat(sound.covered()).isEqualTo(sound.last() - 1);
      for (Path file : AuditFiles.inOrder(folder)) {
        assertThat(AuditFiles.lastCheckpoint(file)).isPresent();
      }
    }
  }
}
