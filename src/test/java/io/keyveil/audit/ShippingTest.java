package io.keyveil.audit;

import static io.keyveil.audit.Await.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is copied, when, and what is deleted then. */
final class ShippingTest {
  @TempDir Path folder;

  private final Vertx vertx = Vertx.vertx();
  private final Bucket bucket = new Bucket();
  private final AtomicInteger alarms = new AtomicInteger();
  private volatile Instant now = Instant.now();

  @AfterEach
  void close() {
    get(vertx.close());
  }

  /** A bucket that can be out of reach. */
  private static final class Bucket implements Archive {
    private final Map<String, byte[]> held = new LinkedHashMap<>();
    private boolean down;
    private boolean wrong;
    private int tries;

    @Override
    public void put(String name, Path file) {
      try {
        put(name, Files.readAllBytes(file));
      } catch (IOException e) {
        throw new ArchiveUnavailableException(e.toString());
      }
    }

    @Override
    public void put(String name, byte[] content) {
      if (down) {
        throw new ArchiveUnavailableException("S3 answered 503");
      }
      tries++;
      if (wrong) {
        throw ArchiveUnavailableException.differing("checksum");
      }
      byte[] before = held.putIfAbsent(name, content);
      assertThat(before == null).as("copied twice: %s", name).isTrue();
    }
  }

  private FileAuditLog open() {
    return FileAuditLog.open(
        vertx,
        CheckpointTest.settings(folder, Optional.of(CheckpointTest.KEY), 1000, 500),
        (InstantSource) () -> now,
        SampleRecords.RANDOM);
  }

  private Shipping shipping(FileAuditLog log, Duration keep) {
    ShipSettings defaults = ShipSettings.DEFAULTS;
    ShipSettings settings =
        new ShipSettings(
            Optional.of("vault"),
            "",
            defaults.mode(),
            defaults.retention(),
            defaults.encryption(),
            defaults.kmsKey(),
            defaults.interval(),
            keep);
    Shipping shipping =
        new Shipping(
            folder,
            List.of("operator"),
            settings,
            log,
            bucket,
            (InstantSource) () -> now,
            alarms::incrementAndGet);
    log.onCheckpoint(shipping::checkpoint);
    return shipping;
  }

  private List<String> local() throws IOException {
    return AuditFiles.inOrder(folder).stream().map(file -> file.getFileName().toString()).toList();
  }

  @Test
  void copiesClosedFilesOnceAndTheNewestCheckpoint() throws IOException {
    FileAuditLog log = open();
    Shipping shipping = shipping(log, Duration.ofDays(30));
    for (int i = 0; i < 4; i++) {
      get(log.append(SampleRecords.intent("r" + i)));
    }
    shipping.run();
    shipping.run();
    List<String> names = List.copyOf(bucket.held.keySet());
    assertThat(names.get(0)).matches("checkpoint-0{16}\\d\\d?\\.txt|checkpoint-0{17}7\\.txt");
    assertThat(names.subList(1, names.size()))
        .containsExactlyElementsOf(local().subList(0, local().size() - 1));
    for (String name : names.subList(1, names.size())) {
      assertThat(bucket.held.get(name)).isEqualTo(Files.readAllBytes(folder.resolve(name)));
    }
    assertThat(shipping.lag()).isZero();
    get(log.close());
  }

  @Test
  void copiesWhatOthersHaveClosedAndNothingThatTheyAreWriting() throws IOException {
    FileAuditLog log = open();
    Shipping shipping = shipping(log, Duration.ZERO);
    AuditSettings beside =
        CheckpointTest.settings(folder, Optional.empty(), 1000, 500).beside("operator");
    FileAuditLog others =
        FileAuditLog.open(vertx, beside, (InstantSource) () -> now, SampleRecords.RANDOM);
    get(others.append(SampleRecords.management("revoke")));
    shipping.run();
    assertThat(bucket.held).isEmpty();
    get(others.close());
    shipping.run();
    assertThat(bucket.held.keySet())
        .hasSize(1)
        .allMatch(name -> name.startsWith("operator/audit-"));
    assertThat(AuditFiles.inOrder(folder.resolve("operator"))).hasSize(1);
    get(log.close());
  }

  @Test
  void triesAgainAndTellsForHowLongItWaits() throws IOException {
    FileAuditLog log = open();
    Shipping shipping = shipping(log, Duration.ZERO);
    for (int i = 0; i < 4; i++) {
      get(log.append(SampleRecords.intent("r" + i)));
    }
    shipping.run();
    int held = bucket.held.size();
    get(log.append(SampleRecords.intent("more")));
    get(log.append(SampleRecords.intent("more")));
    bucket.down = true;
    List<String> before = local();
    shipping.run();
    now = now.plusSeconds(90);
    shipping.run();
    assertThat(local()).as("nothing goes that was not copied").isEqualTo(before);
    assertThat(bucket.held).hasSize(held);
    bucket.down = false;
    shipping.run();
    assertThat(bucket.held).hasSizeGreaterThan(held);
    assertThat(shipping.lag()).isZero();
    get(log.close());
  }

  @Test
  void alarmsAboutACopyThatDiffersTriesAgainMoreAndMoreRarelyAndDeletesNothing()
      throws IOException {
    FileAuditLog log = open();
    Shipping shipping = shipping(log, Duration.ZERO);
    for (int i = 0; i < 4; i++) {
      get(log.append(SampleRecords.intent("r" + i)));
    }
    bucket.wrong = true;
    List<String> before = local();
    now = now.plus(Duration.ofDays(1));
    for (int minute = 0; minute < 24 * 60; minute++) {
      shipping.run();
      now = now.plusSeconds(60);
    }
    assertThat(alarms).hasValue(bucket.tries).hasValueBetween(8, 14);
    assertThat(local()).isEqualTo(before);
    assertThat(shipping.lag()).isGreaterThan(Duration.ofHours(20));
    bucket.wrong = false;
    now = now.plus(Duration.ofHours(6));
    shipping.run();
    assertThat(bucket.held).isNotEmpty();
    assertThat(shipping.lag()).isZero();
    get(log.close());
  }

  @Test
  void deletesByAgeAndNeverTheEndOfTheChain() throws IOException {
    FileAuditLog log = open();
    for (int i = 0; i < 4; i++) {
      // With their ends, so that the next start has nothing to write.
      AuditRecord.Intent intent = SampleRecords.intent("r" + i);
      get(log.append(List.of(intent, SampleRecords.completion(intent))));
    }
    get(log.close());
    long last = last();
    // A new start has a new file, with nothing in it.
    FileAuditLog next = open();
    Shipping shipping = shipping(next, Duration.ofDays(1));
    int before = local().size();
    shipping.run();
    assertThat(local()).hasSize(before);
    now = now.plus(Duration.ofDays(2));
    shipping.run();
    assertThat(local()).hasSizeLessThan(before);
    get(next.close());
    get(open().close());
    assertThat(last()).as("the chain goes on").isGreaterThanOrEqualTo(last);
  }

  @Test
  void writesDownWhatItDeletesSoThatBothVerifiersKnowItFromTheft() throws IOException {
    FileAuditLog log = open();
    Shipping shipping = shipping(log, Duration.ofDays(1));
    for (int i = 0; i < 6; i++) {
      AuditRecord.Intent intent = SampleRecords.intent("r" + i);
      get(log.append(List.of(intent, SampleRecords.completion(intent))));
      if (i % 2 == 1) {
        shipping.run();
        now = now.plus(Duration.ofDays(2));
        Files.setLastModifiedTime(log.current().orElseThrow(), FileTime.from(now));
      }
    }
    shipping.run();
    get(log.close());
    Verdict verdict = verify();
    assertThat(verdict).isInstanceOf(Verdict.Sound.class);
    assertThat(((Verdict.Sound) verdict).begin()).isEqualTo(Verdict.Begin.ARCHIVED);
    assertThat(AuditVerifier.verify(folder)).isInstanceOf(Verdict.Sound.class);
    agreeWithPython(verdict);
    // A start goes on from there.
    get(open().close());
    assertThat(verify()).isInstanceOf(Verdict.Sound.class);

    // One more than was written down.
    for (Path file : AuditFiles.inOrder(folder)) {
      if (AuditFiles.wholeLines(file) > 0) {
        Files.delete(file);
        break;
      }
    }
    Verdict stolen = verify();
    assertThat(stolen.<String>match(Record::toString, Verdict.Broken::why))
        .matches("begins with record \\d+, and nothing says that earlier ones were archived");
    agreeWithPython(stolen);
  }

  @Test
  void survivesACrashBetweenAnyTwoDeletions() throws IOException {
    FileAuditLog log = open();
    for (int i = 0; i < 5; i++) {
      get(log.append(SampleRecords.management("a" + i)));
      get(log.append(SampleRecords.management("b" + i)));
    }
    List<Path> files = AuditFiles.inOrder(folder);
    assertThat(files).hasSizeGreaterThan(3);
    List<ChainLink> ends = new ArrayList<>();
    for (Path file : files.subList(0, 3)) {
      ends.add(AuditFiles.lastLinkOf(file));
    }
    get(log.archived(ends));
    for (Path file : files.subList(0, 3)) {
      assertThat(verify()).isInstanceOf(Verdict.Sound.class);
      Files.delete(file);
    }
    assertThat(verify()).isInstanceOf(Verdict.Sound.class);
    get(log.close());
  }

  @Test
  void deletesNothingWhileTheLogCannotBeWritten() throws IOException {
    FileAuditLog log = open();
    for (int i = 0; i < 6; i++) {
      get(log.append(SampleRecords.management("a" + i)));
    }
    Shipping shipping = shipping(log, Duration.ZERO);
    get(log.close());
    now = now.plus(Duration.ofDays(1));
    List<String> before = local();
    shipping.run();
    assertThat(local()).isEqualTo(before);
  }

  private Verdict verify() throws IOException {
    return AuditVerifier.verify(
        folder, new AuditVerifier.Expected(List.of(CheckpointTest.KEY.open()), Optional.empty()));
  }

  private void agreeWithPython(Verdict verdict) throws IOException {
    PythonVerifier.require();
    Path key = Files.writeString(folder.resolve("key.pem"), TwoVerifiersIT.PUBLIC);
    assertThat(PythonVerifier.verdicts(List.of(folder), List.of("--public-key", key.toString())))
        .containsExactly(verdict.match(sound -> sound.text(true), Verdict.Broken::text));
  }

  private long last() throws IOException {
    return AuditVerifier.verify(folder)
        .match(
            Verdict.Sound::last,
            broken -> {
              throw new AssertionError(broken.toString());
            });
  }
}
