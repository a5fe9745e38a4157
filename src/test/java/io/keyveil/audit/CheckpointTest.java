package io.keyveil.audit;

import static io.keyveil.audit.Await.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What checkpoints say, and what they make visible. */
final class CheckpointTest {
  /** The first key of RFC 8032 section 7.1, as PKCS #8. */
  static final SigningKey KEY =
      SigningKey.parse(
          """
          -----BEGIN PRIVATE KEY-----
          MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
          -----END PRIVATE KEY-----
          """);

  /** Its public half, as the RFC has it. */
  private static final CheckpointKey PUBLIC =
      CheckpointKey.parse(
          """
          -----BEGIN PUBLIC KEY-----
          MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
          -----END PUBLIC KEY-----
          """);

  @TempDir Path temp;

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    get(vertx.close());
  }

  static AuditSettings settings(Path folder, Optional<SigningKey> key, int records, long size) {
    return new AuditSettings(
        folder,
        Durability.WRITE,
        10_000,
        Optional.of("i1"),
        key,
        "example.org/log",
        new AuditSettings.CheckpointRate(records, Duration.ofHours(1)),
        new AuditSettings.Rotation(size, Duration.ofDays(1)),
        Duration.ofMinutes(1),
        ShipSettings.DEFAULTS);
  }

  private FileAuditLog open(Optional<SigningKey> key, int records, long size) {
    return FileAuditLog.open(
        vertx,
        settings(temp, key, records, size),
        InstantSource.fixed(SampleRecords.NOW),
        SampleRecords.RANDOM);
  }

  private Verdict verify(Optional<String> note) throws IOException {
    return AuditVerifier.verify(temp, new AuditVerifier.Expected(List.of(PUBLIC), note));
  }

  private static Verdict.Sound sound(Verdict verdict) {
    return verdict.match(
        sound -> sound,
        broken -> {
          throw new AssertionError(broken.toString());
        });
  }

  private static String why(Verdict verdict) {
    return verdict.match(Record::toString, Verdict.Broken::why);
  }

  private String note() throws IOException {
    return Files.readString(temp.resolve("checkpoint"));
  }

  private void fill(int records) {
    FileAuditLog log = open(Optional.of(KEY), 3, 1L << 30);
    for (int i = 0; i < records; i++) {
      get(log.append(SampleRecords.management("a" + i)));
    }
    get(log.close());
  }

  @Test
  void knowsThePublicHalfOfItsKey() {
    assertThat(KEY.open()).isEqualTo(PUBLIC);
    assertThat(KEY).hasToString("SigningKey[***]");
  }

  @Test
  void isANoteOfThreeLinesOneOfOursAndASignature() throws IOException {
    fill(4);
    assertThat(note())
        .matches(
            "example.org/log\\n5\\n[A-Za-z0-9+/]{43}=\\ni1 2026-03-01T10:00:00.123Z [A-Za-z0-9_-]{22} 6\\n"
                + "\\n\u2014 example.org/log [A-Za-z0-9+/]{91}=\\n");
    assertThat(sound(verify(Optional.of(note()))))
        .satisfies(
            sound -> {
              assertThat(sound.checkpoints()).isEqualTo(2);
              assertThat(sound.records()).isEqualTo(6);
              assertThat(sound.covered()).isEqualTo(5);
            });
  }

  @Test
  void comesAfterSoManyRecordsAndWhenAskedForAlsoIfNothingHappened() throws IOException {
    FileAuditLog log = open(Optional.of(KEY), 1000, 1L << 30);
    get(log.append(SampleRecords.management("a")));
    get(log.checkpoint());
    get(log.checkpoint());
    get(log.checkpoint());
    get(log.close());
    assertThat(sound(verify(Optional.empty())).checkpoints()).isEqualTo(3);
  }

  @Test
  void showsACutOffTail() throws IOException {
    fill(10);
    String noted = note();
    Path file = AuditFiles.inOrder(temp).get(0);
    List<String> lines = Files.readAllLines(file);
    for (int left = 1; left < lines.size(); left++) {
      Files.write(file, lines.subList(0, left));
      assertThat(why(verify(Optional.of(noted))))
          .isEqualTo("the log ends with record " + left + ", the checkpoint saw 13");
    }
  }

  @Test
  void showsALogThatWasWrittenAnew() throws IOException {
    fill(4);
    String noted = note();
    Files.delete(AuditFiles.inOrder(temp).get(0));
    fill(4);
    assertThat(why(verify(Optional.of(noted)))).endsWith("is not the one that the checkpoint saw");
  }

  @Test
  void countsOnlyUnderTheKey() throws IOException {
    FileAuditLog log = open(Optional.empty(), 2, 1L << 30);
    get(log.append(SampleRecords.management("a")));
    get(log.close());
    assertThat(sound(AuditVerifier.verify(temp)).checkpoints()).isEqualTo(1);
    assertThat(why(verify(Optional.empty()))).isEqualTo("checkpoint 2 is not signed with the key");
    String unsigned = note();
    assertThatThrownBy(() -> verify(Optional.of(unsigned)))
        .hasMessage("a checkpoint that the key has not signed");
  }

  @Test
  void acceptsNoLogWithoutAny() throws IOException {
    fill(1);
    Path file = AuditFiles.inOrder(temp).get(0);
    Files.write(file, Files.readAllLines(file).subList(0, 1));
    assertThat(why(verify(Optional.empty()))).isEqualTo("no checkpoint, so that nothing is signed");
  }

  @Test
  void endsEachFileAndTheNextOneGoesOnFromThere() throws IOException {
    for (long size : new long[] {1, 400, 1000, 5000}) {
      FileAuditLog log = open(Optional.of(KEY), 1000, size);
      for (int i = 0; i < 12; i++) {
        get(log.append(SampleRecords.management("a" + i)));
      }
      get(log.close());
      Verdict.Sound unused = sound(verify(Optional.of(note())));
    }
    List<Path> files = AuditFiles.inOrder(temp);
    assertThat(files).hasSizeGreaterThan(20);
    for (Path file : files) {
      List<String> lines = Files.readAllLines(file);
      assertThat(lines.get(lines.size() - 1)).contains("\"kind\":\"checkpoint\"");
    }
  }

  @Test
  @Timeout(30)
  void isCopiedByItselfSoonAndAtOnceWhenAskedFor() throws IOException {
    List<String> notes = new CopyOnWriteArrayList<>();
    FileAuditLog log = open(Optional.of(KEY), 3, 1L << 30);
    log.onCheckpoint(notes::add);
    for (int i = 0; i < 7; i++) {
      get(log.append(SampleRecords.management("a" + i)));
    }
    assertThat(notes).hasSize(2);
    while (!Files.exists(temp.resolve("checkpoint"))) {
      assertThat(Thread.currentThread().isInterrupted()).as("given up").isFalse();
      Thread.onSpinWait();
    }
    assertThat(note()).isEqualTo(notes.get(1));
    get(log.checkpoint());
    assertThat(notes).hasSize(3);
    assertThat(note()).isEqualTo(notes.get(2));
    get(log.close());
  }

  @Test
  void isCopiedWhenItIsTheLastOfAFileOrOfAll() throws IOException {
    for (long size : new long[] {1, 1L << 30}) {
      List<String> notes = new CopyOnWriteArrayList<>();
      FileAuditLog log = open(Optional.of(KEY), 3, size);
      log.onCheckpoint(notes::add);
      for (int i = 0; i < 3; i++) {
        get(log.append(SampleRecords.management("a" + i)));
      }
      if (size > 1) {
        get(log.close());
      }
      assertThat(note()).isEqualTo(notes.get(notes.size() - 1));
      get(log.close());
    }
  }
}
