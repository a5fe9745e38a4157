package io.keyveil.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a checkpoint is copied, and which. */
final class CheckpointCopyTest {
  @TempDir Path temp;

  private AuditFolder folder;
  private CheckpointCopy copy;

  @BeforeEach
  void open() throws IOException {
    folder =
        new AuditFolder(
            CheckpointTest.settings(temp, Optional.empty(), 1, 1),
            "i1",
            new AuditSink.Opener.OnDisk(),
            InstantSource.system());
    folder.create();
    copy = new CheckpointCopy(folder);
  }

  @AfterEach
  void close() {
    folder.close();
  }

  /** What is there, which is then taken away. */
  private String copied() throws IOException {
    Path file = temp.resolve(AuditFolder.CHECKPOINT);
    String content = Files.exists(file) ? Files.readString(file) : "";
    var unused = Files.deleteIfExists(file);
    return content;
  }

  @Test
  void waitsUntilASecondIsOverAndIsTheNewestThen() throws IOException {
    for (int second = 0; second < 3; second++) {
      copy.take("first");
      copy.writeIfDue();
      copy.take("second");
      copy.writeIfDue();
      assertThat(copied()).isEmpty();
      assertThat(copy.tick()).isTrue();
      assertThat(copied()).isEmpty();
      copy.take("third");
      copy.writeIfDue();
      assertThat(copied()).isEqualTo("third");
    }
  }

  @Test
  void isWrittenOnce() throws IOException {
    copy.take("note");
    copy.write();
    assertThat(copied()).isEqualTo("note");
    copy.write();
    assertThat(copy.tick()).isFalse();
    copy.writeIfDue();
    assertThat(copied()).isEmpty();
  }

  @Test
  void doesNotWaitWhereItIsAskedFor() throws IOException {
    copy.take("note");
    assertThat(copy.tick()).isTrue();
    copy.write();
    assertThat(copied()).isEqualTo("note");
    copy.take("next");
    copy.writeIfDue();
    assertThat(copied()).isEmpty();
  }
}
