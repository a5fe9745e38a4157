package io.keyveil.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every line of a log once, whatever is done to its file. */
final class LogTailTest {
  @TempDir Path folder;
  private Path log;
  private LogTail tail;

  @BeforeEach
  void open() throws IOException {
    log = folder.resolve("carried.log");
    tail = LogTail.open(log, folder.resolve("kept"), new SecureRandom());
  }

  private static void write(Path file, String text) throws IOException {
    Path unused =
        Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** All that is there, kept. */
  private List<String> lines() throws IOException {
    List<String> lines = new ArrayList<>();
    LogTail.Part part = tail.next();
    while (!part.lines().isEmpty() || part.skipped()) {
      lines.addAll(part.lines());
      tail.keep(part);
      part = tail.next();
    }
    tail.keep(part);
    return lines;
  }

  private void restart() throws IOException {
    tail = LogTail.open(log, folder.resolve("kept"), new SecureRandom());
  }

  @Test
  void waitsForTheEndOfALine() throws IOException {
    assertThat(lines()).isEmpty();
    write(log, "one\ntw");
    assertThat(lines()).containsExactly("one");
    write(log, "o\n");
    assertThat(lines()).containsExactly("two");
  }

  @Test
  void givesTheSameLinesUntilTheyAreKept() throws IOException {
    write(log, "one\n");
    assertThat(tail.next().lines()).containsExactly("one");
    assertThat(tail.next().lines()).containsExactly("one");
    restart();
    assertThat(lines()).containsExactly("one");
    assertThat(lines()).isEmpty();
  }

  @Test
  void goesOnAfterARestartUnderTheSameName() throws IOException {
    write(log, "one\n");
    String reader = tail.reader();
    assertThat(lines()).containsExactly("one");
    write(log, "two\n");
    restart();
    assertThat(tail.reader()).isEqualTo(reader).matches("[0-9a-f]{16}");
    assertThat(lines()).containsExactly("two");
  }

  @Test
  void beginsAnewWhereWhatWasKeptIsBroken() throws IOException {
    write(log, "one\n");
    assertThat(lines()).containsExactly("one");
    Path unused = Files.writeString(folder.resolve("kept"), "100 4711");
    restart();
    assertThat(lines()).containsExactly("one");
  }

  @ParameterizedTest
  @ValueSource(strings = {"carried.log.1", "carried.log-20261127", "carried.log.old"})
  void followsTheOldFileThatItsWriterGoesOnIn(String name) throws IOException {
    write(log, "one\n");
    assertThat(lines()).containsExactly("one");
    write(log, "two\n");
    Path old = Files.move(log, folder.resolve(name));
    assertThat(lines()).containsExactly("two");
    write(old, "three\n");
    assertThat(lines()).containsExactly("three");
    write(log, "four\n");
    assertThat(lines()).containsExactly("four");
    write(old, "five\n");
    write(log, "six\n");
    assertThat(lines()).containsExactly("five", "six");
    restart();
    write(old, "seven\n");
    assertThat(lines()).containsExactly("seven");
  }

  @Test
  void readsWhatWasRenamedWhileNobodyRead() throws IOException {
    write(log, "one\n");
    assertThat(lines()).containsExactly("one");
    write(log, "two\n");
    Path unused = Files.move(log, folder.resolve("carried.log.1"));
    write(log, "three\n");
    restart();
    assertThat(lines()).containsExactly("two", "three");
  }

  @Test
  void readsTheRestInTheCopyOfATruncatedLog() throws IOException {
    write(log, "one\n");
    assertThat(lines()).containsExactly("one");
    write(log, "two\n");
    copyAndTruncate();
    write(log, "three\n");
    assertThat(lines()).containsExactly("two", "three");
    copyAndTruncate();
    write(log, "longer than what was there before\n");
    assertThat(lines()).containsExactly("longer than what was there before");
  }

  private void copyAndTruncate() throws IOException {
    Path copy = folder.resolve("carried.log.1");
    Files.deleteIfExists(copy);
    Path unused = Files.copy(log, copy);
    Files.writeString(log, "", StandardOpenOption.TRUNCATE_EXISTING);
  }

  @Test
  void knowsAnotherFileThatHasTheSameNumber() throws IOException {
    write(log, "one\n");
    assertThat(lines()).containsExactly("one");
    // Truncated and grown past where it was read: the number is the same, what stands there is not.
    Files.writeString(log, "other\nlines\n", StandardOpenOption.TRUNCATE_EXISTING);
    assertThat(lines()).containsExactly("other", "lines");
  }

  @Test
  void passesOverWhatIsNoLine() throws IOException {
    write(log, "x".repeat((1 << 20) + 10) + "\nafter\n");
    LogTail.Part part = tail.next();
    assertThat(part.lines()).isEmpty();
    assertThat(part.skipped()).isTrue();
    assertThat(lines()).endsWith("after");
  }

  @Test
  void readsMoreThanItTakesAtOnce() throws IOException {
    String line = "y".repeat(99) + "\n";
    write(log, line.repeat(25_000));
    assertThat(lines()).hasSize(25_000);
  }
}
