package io.keyveil.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyveil.audit.AuditRecord.Target;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the verifier finds, and what it does not take for tampering. */
final class AuditVerifierTest {
  private static final String BEGINS =
      "begins with record 5, and nothing says that earlier ones were archived";
  private static final AuditVerifier.Expected PARTIAL =
      new AuditVerifier.Expected(List.of(), Optional.empty(), true);

  @TempDir Path folder;

  private Path first;
  private Path second;
  private ChainLink end = ChainLink.START;

  @BeforeEach
  void writeTwoFiles() throws IOException {
    // Their names are in the wrong order, as after a clock that ran back.
    first = Files.write(folder.resolve("audit-b.jsonl"), lines(4));
    second = Files.write(folder.resolve("audit-a.jsonl"), lines(3));
  }

  private byte[] lines(int count) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < count; i++) {
      byte[] line = SampleRecords.line(SampleRecords.intent("r" + i), end, "i1");
      bytes.writeBytes(line);
      bytes.write('\n');
      end = ChainLink.of(end.seq() + 1, line);
    }
    return bytes.toByteArray();
  }

  @Test
  void findsAWholeLogSound() throws IOException {
    assertThat(AuditVerifier.verify(folder))
        .isEqualTo(new Verdict.Sound(2, 7, 1, 7, end.digest(), 0, 0, 0, Verdict.Begin.WHOLE, ""));
  }

  @Test
  void findsTheEndOfADownloadSoundThatBeganBeforeTheClockWasSetBack() throws IOException {
    AuditRecord.Intent intent = SampleRecords.intent("r");
    byte[] begun = SampleRecords.line(intent, end, "i1");
    byte[] ended =
        SampleRecords.line(
            AuditRecord.Completion.of(
                intent,
                intent.time().minusSeconds(5),
                AuditRecord.Ending.COMPLETE,
                intent.status(),
                100),
            ChainLink.of(8, begun),
            "i1");
    String text = new String(ended, StandardCharsets.UTF_8);
    Files.writeString(
        second,
        new String(begun, StandardCharsets.UTF_8) + "\n" + text + "\n",
        StandardOpenOption.APPEND);
    assertThat(text).contains("\"ms\":0}");
    assertThat(AuditVerifier.verify(folder)).isInstanceOf(Verdict.Sound.class);
  }

  @Test
  void beginsAnewWhereAFileIsArchivedMeanwhile() throws IOException {
    Path gone = folder.resolve("audit-0.jsonl");
    Queue<List<Path>> listings =
        new ArrayDeque<>(List.of(List.of(gone, first, second), List.of(first, second)));
    assertThat(AuditVerifier.verify(listings::remove, AuditVerifier.Expected.NOTHING))
        .isEqualTo(AuditVerifier.verify(folder));
    assertThatThrownBy(
            () -> AuditVerifier.verify(() -> List.of(gone), AuditVerifier.Expected.NOTHING))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void findsAnEmptyFolderSound() throws IOException {
    Files.delete(first);
    Files.delete(second);
    assertThat(AuditVerifier.verify(folder))
        .isEqualTo(
            new Verdict.Sound(
                0, 0, 0, 0, ChainLink.START.digest(), 0, 0, 0, Verdict.Begin.WHOLE, ""));
  }

  @Test
  void seesEveryChangedByteInTheChainOrAtItsHead() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (Path file : new Path[] {first, second}) {
      byte[] whole = Files.readAllBytes(file);
      for (int at = 0; at < whole.length; at++) {
        byte[] changed = whole.clone();
        changed[at] ^= (byte) (1 + random.nextInt(255));
        Files.write(file, changed);
        assertThat(trusted(AuditVerifier.verify(folder)))
            .as("seed %s, byte %s of %s", seed, at, file)
            .isFalse();
      }
      Files.write(file, whole);
    }
  }

  @Test
  void findsEveryChangedByteBeforeTheLastRecordWithoutKnowingTheHead() throws IOException {
    byte[] whole = Files.readAllBytes(first);
    for (int at = 0; at < whole.length; at++) {
      byte[] changed = whole.clone();
      changed[at] ^= 1;
      Files.write(first, changed);
      assertThat(AuditVerifier.verify(folder)).as("byte %s", at).isInstanceOf(Verdict.Broken.class);
    }
  }

  @Test
  void findsARemovedAndASwappedLine() throws IOException {
    String[] lines = Files.readString(first).split("\n", -1);
    Files.writeString(first, lines[0] + "\n" + lines[2] + "\n" + lines[3] + "\n");
    assertThat(broken()).isEqualTo("audit-b.jsonl:2 record 3 follows record 1");
    Files.writeString(first, String.join("\n", lines[0], lines[2], lines[1], lines[3]) + "\n");
    assertThat(broken()).isEqualTo("audit-b.jsonl:2 record 3 follows record 1");
    Files.writeString(first, lines[0] + "\n" + lines[0] + "\n");
    assertThat(broken()).isEqualTo("audit-b.jsonl:2 record 1 follows record 1");
  }

  @Test
  void findsAChangedWord() throws IOException {
    String text = Files.readString(first);
    Files.writeString(first, text.replaceFirst("allowed", "refused"));
    assertThat(broken())
        .isEqualTo("audit-b.jsonl:2 record 1 was changed after record 2 was written");
  }

  @Test
  void findsThatEarlierFilesWereTakenAway() throws IOException {
    Files.delete(first);
    assertThat(broken()).isEqualTo("audit-a.jsonl:1 " + BEGINS);
    assertThat(AuditVerifier.verify(folder, PARTIAL))
        .isEqualTo(new Verdict.Sound(1, 3, 5, 7, end.digest(), 0, 0, 0, Verdict.Begin.PARTIAL, ""));
  }

  @Test
  void believesThatTheyWereArchivedIfTheLogSaysSoOfThatVeryRecord() throws IOException {
    ChainLink gone = AuditFiles.lastLinkOf(first);
    Files.delete(first);
    Target wrong = Target.through(new ChainLink(gone.seq(), end.digest()));
    append(second, archive(Target.through(new ChainLink(3, gone.digest()))), archive(wrong));
    assertThat(broken()).isEqualTo("audit-a.jsonl:1 " + BEGINS);
    append(second, archive(Target.through(gone)));
    assertThat(AuditVerifier.verify(folder))
        .isEqualTo(
            new Verdict.Sound(1, 6, 5, 10, end.digest(), 0, 0, 0, Verdict.Begin.ARCHIVED, ""));
  }

  private static AuditRecord archive(Target target) {
    return AuditRecord.Management.of(
        EventId.random(SampleRecords.RANDOM),
        SampleRecords.NOW,
        "archive",
        Optional.of(target),
        "copied");
  }

  private void append(Path file, AuditRecord... records) throws IOException {
    for (AuditRecord record : records) {
      byte[] line = SampleRecords.line(record, end, "i1");
      end = ChainLink.of(end.seq() + 1, line);
      Files.write(file, line, StandardOpenOption.APPEND);
      Files.write(file, new byte[] {'\n'}, StandardOpenOption.APPEND);
    }
  }

  @Test
  void takesATornTailForACrashAndNotForTampering() throws IOException {
    byte[] whole = Files.readAllBytes(second);
    Files.write(second, Arrays.copyOf(whole, whole.length - 20));
    assertThat(AuditVerifier.verify(folder)).matches(verdict -> torn(verdict, 6));
  }

  @Test
  void takesNothingElseBehindTheLastLineEndForACrash() throws IOException {
    byte[] whole = Files.readAllBytes(second);
    byte[] next = SampleRecords.line(SampleRecords.intent("next"), end, "i1");
    for (int length = 1; length <= next.length; length++) {
      Files.write(second, with(whole, Arrays.copyOf(next, length)));
      assertThat(AuditVerifier.verify(folder)).matches(verdict -> torn(verdict, 7));
      // A power cut leaves NULs where data had not come yet, but not behind a whole record.
      Files.write(second, with(whole, with(Arrays.copyOf(next, length), new byte[3])));
      assertThat(torn(AuditVerifier.verify(folder), 7))
          .as("%d bytes", length)
          .isEqualTo(length < next.length);
    }
    String why = "audit-a.jsonl:4 no line end, and not the beginning of record 8";
    byte[] other = SampleRecords.line(SampleRecords.intent("x"), ChainLink.START, "i1");
    for (byte[] tail :
        List.of(
            Arrays.copyOf(other, 20),
            "rubbish".getBytes(StandardCharsets.UTF_8),
            with(Arrays.copyOf(next, 20), new byte[] {0, 0, 'x'}),
            with(next, new byte[] {'\r'}),
            with(next, Arrays.copyOf(next, 9)),
            new byte[AuditLine.LONGEST + 1],
            new byte[3 * AuditLine.LONGEST])) {
      Files.write(second, with(whole, tail));
      assertThat(broken()).isEqualTo(why);
    }
  }

  @Test
  void findsEveryOtherByteInThePlaceOfTheLastLineEnd() throws IOException {
    byte[] whole = Files.readAllBytes(second);
    for (int octet = 0; octet < 256; octet++) {
      byte[] changed = whole.clone();
      changed[whole.length - 1] = (byte) octet;
      Files.write(second, changed);
      assertThat(AuditVerifier.verify(folder))
          .as("byte %d", octet)
          .isInstanceOf(octet == '\n' ? Verdict.Sound.class : Verdict.Broken.class);
    }
  }

  private static byte[] with(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private static boolean torn(Verdict verdict, long records) {
    return verdict.match(
        sound -> sound.tornTails() == 1 && sound.records() == records, broken -> false);
  }

  @Test
  void readsALineOfAnyLengthInBoundedMemory() throws IOException {
    byte[] monster = new byte[3 * AuditLine.LONGEST];
    Arrays.fill(monster, (byte) ' ');
    monster[monster.length - 1] = '\n';
    Files.write(first, monster);
    assertThat(broken()).isEqualTo("audit-b.jsonl:1 not a record");
  }

  @Test
  void refusesTwoRecordsOnOneLineAndFieldsTwice() throws IOException {
    String line = Files.readString(first).split("\n", -1)[0];
    Files.delete(second);
    Files.writeString(first, line + line + "\n");
    assertThat(broken()).isEqualTo("audit-b.jsonl:1 not a record");
    Files.writeString(first, line.replace("{\"v\":1,", "{\"v\":1,\"seq\":1,") + "\n");
    assertThat(broken()).isEqualTo("audit-b.jsonl:1 not a record");
  }

  @Test
  void leavesOtherFilesAlone() throws IOException {
    Files.write(folder.resolve("lock"), "x".getBytes(StandardCharsets.UTF_8));
    assertThat(trusted(AuditVerifier.verify(folder))).isTrue();
  }

  /** Whether someone who noted the head elsewhere would take the log for untouched. */
  private boolean trusted(Verdict verdict) {
    return verdict.match(
        sound -> sound.head().equals(end.digest()) && sound.first() == 1 && sound.tornTails() == 0,
        broken -> false);
  }

  private String broken() throws IOException {
    return AuditVerifier.verify(folder)
        .match(
            sound -> sound.toString(),
            broken -> broken.file() + ":" + broken.line() + " " + broken.why());
  }
}
