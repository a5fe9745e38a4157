package io.keyveil.audit;

import static io.keyveil.audit.Await.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a start makes of a log that nobody closed. */
final class RecoveryTest {
  private static final String OPEN = "unknown-after-crash";

  @TempDir Path temp;

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    get(vertx.close());
  }

  private Path folder() {
    return temp.resolve("audit");
  }

  private FileAuditLog open() {
    AuditSettings settings =
        new AuditSettings(folder(), Durability.FSYNC, 10_000, Optional.of("i1"));
    return FileAuditLog.open(
        vertx, settings, InstantSource.fixed(SampleRecords.NOW), SampleRecords.RANDOM);
  }

  /** The log as a killed process leaves it: without its last checkpoint, its last line torn. */
  private void crash(int bytes) throws IOException {
    Path file = AuditFiles.inOrder(folder()).get(AuditFiles.inOrder(folder()).size() - 1);
    String text = Files.readString(file);
    String[] lines = text.split("\n", -1);
    assertThat(lines[lines.length - 2]).contains("\"kind\":\"checkpoint\"");
    String last = lines[lines.length - 2];
    Files.writeString(
        file, text.substring(0, text.length() - last.length() - 1) + last.substring(0, bytes));
  }

  private List<ObjectNode> records() throws IOException {
    List<ObjectNode> all = new ArrayList<>();
    AuditReader.read(folder(), record -> true, all::add);
    return all;
  }

  private List<String> unknown() throws IOException {
    return records().stream()
        .filter(record -> record.path("outcome").asText().equals(OPEN))
        .map(record -> record.path("event").asText())
        .toList();
  }

  private Verdict.Sound sound() throws IOException {
    return AuditVerifier.verify(folder())
        .match(
            sound -> sound,
            broken -> {
              throw new AssertionError(broken.toString());
            });
  }

  @Test
  void givesEveryDownloadWithoutAnEndOne() throws IOException {
    FileAuditLog log = open();
    AuditRecord.Intent ended = SampleRecords.intent("ended");
    AuditRecord.Intent left = SampleRecords.intent("left");
    get(log.append(List.of(ended, left, SampleRecords.completion(ended))));
    get(log.close());
    get(open().close());
    assertThat(unknown()).containsExactly(left.event().text());
    ObjectNode told =
        records().stream()
            .filter(one -> one.path("outcome").asText().equals(OPEN))
            .findFirst()
            .get();
    assertThat(told.path("request").asText()).isEqualTo("left");
    assertThat(told.path("status").asInt()).isEqualTo(206);
    assertThat(told.has("sent")).isFalse();
    ObjectNode intent =
        records().stream()
            .filter(one -> one.path("event").asText().equals(left.event().text()))
            .findFirst()
            .get();
    for (String field :
        List.of("actor", "file", "revision", "link", "client", "delivery", "range")) {
      assertThat(told.get(field)).as(field).isNotNull().isEqualTo(intent.get(field));
    }
    get(open().close());
    assertThat(unknown()).as("told once only").hasSize(1);
    assertThat(sound().tornTails()).isZero();
  }

  @Test
  void movesATornPieceAwayAtEveryLength() throws IOException {
    for (int bytes = 0; bytes < 200; bytes += 33) {
      FileAuditLog log = open();
      get(log.append(SampleRecords.management("register")));
      get(log.close());
      crash(bytes);
      assertThat(sound().tornTails()).isEqualTo(bytes == 0 ? 0 : 1);
      get(open().close());
      assertThat(sound().tornTails()).isZero();
    }
    try (Stream<Path> all = Files.list(folder())) {
      assertThat(all.filter(file -> file.toString().endsWith(".torn"))).hasSize(6);
    }
    assertThat(records().stream().filter(r -> r.path("action").asText().equals("quarantine")))
        .hasSize(6);
  }

  @Test
  void movesAFileAwayThatHoldsATornPieceAlone() throws IOException {
    FileAuditLog log = open();
    get(log.append(SampleRecords.management("register")));
    get(log.close());
    Files.writeString(folder().resolve("audit-z.jsonl"), "{\"v\":1,\"se");
    assertThat(sound().tornTails()).isEqualTo(1);
    get(open().close());
    assertThat(Files.exists(folder().resolve("audit-z.jsonl"))).isFalse();
    assertThat(Files.readString(folder().resolve("audit-z.jsonl.torn"))).isEqualTo("{\"v\":1,\"se");
    assertThat(sound().tornTails()).isZero();
  }

  @Test
  void saysSoWhereTheEndIsNotWhatACrashLeaves() throws IOException {
    FileAuditLog log = open();
    get(log.append(SampleRecords.management("register")));
    get(log.close());
    Path file = AuditFiles.inOrder(folder()).get(0);
    byte[] whole = Files.readAllBytes(file);
    whole[whole.length - 1] ^= 1;
    Files.write(file, whole);
    assertThat(AuditVerifier.verify(folder())).isInstanceOf(Verdict.Broken.class);
    get(open().close());
    assertThat(sound().tornTails()).isZero();
    assertThat(records().stream().map(record -> record.path("target").path("kind").asText()))
        .contains("foreign-bytes")
        .doesNotContain("torn-bytes");
    assertThat(file.resolveSibling(file.getFileName() + ".torn")).exists();
  }

  @Test
  void refusesALogWhoseEndIsNoRecord() throws IOException {
    get(open().close());
    FileAuditLog log = open();
    get(log.append(SampleRecords.management("register")));
    get(log.close());
    Path file = AuditFiles.inOrder(folder()).get(AuditFiles.inOrder(folder()).size() - 1);
    Files.write(file, "rubbish\n".getBytes(StandardCharsets.UTF_8), StandardOpenOption.APPEND);
    assertThatThrownBy(this::open)
        .isInstanceOf(AuditUnavailableException.class)
        .hasMessageStartingWith("audit.folder: the last line of audit-")
        .hasMessageEndingWith("is no record (expected: a whole log; keep this one elsewhere)");
  }

  @Test
  void findsAnyNumberOfThemInBoundedMemory() throws IOException {
    FileAuditLog log = open();
    List<AuditRecord> intents =
        IntStream.range(0, 25).<AuditRecord>mapToObj(i -> SampleRecords.intent("r" + i)).toList();
    get(log.append(intents));
    get(log.append(SampleRecords.completion((AuditRecord.Intent) intents.get(3))));
    get(log.close());
    Recovery recovery =
        new Recovery(folder(), () -> EventId.random(SampleRecords.RANDOM), SampleRecords.NOW, 4);
    ChainLink unused = recovery.end();
    List<Integer> parts = new ArrayList<>();
    List<AuditRecord> found = new ArrayList<>();
    recovery.missing(
        part -> {
          parts.add(part.size());
          found.addAll(part);
        });
    assertThat(parts).allSatisfy(size -> assertThat(size).isLessThanOrEqualTo(4));
    assertThat(found.stream().map(AuditRecord::event))
        .containsExactlyElementsOf(
            intents.stream()
                .map(AuditRecord::event)
                .filter(e -> !e.equals(intents.get(3).event()))
                .toList());
  }

  @Test
  void readsNoFurtherBackThanTheLastCheckpointAsks() throws IOException {
    FileAuditLog log = open();
    get(log.append(SampleRecords.intent("long ago")));
    get(log.close());
    get(open().close());
    FileAuditLog next = open();
    AuditRecord.Intent running = SampleRecords.intent("running");
    get(next.append(running));
    get(next.append(SampleRecords.management("register")));
    get(next.checkpoint());
    Optional<Checkpoint> last =
        AuditFiles.lastCheckpoint(
            AuditFiles.inOrder(folder()).get(AuditFiles.inOrder(folder()).size() - 1));
    ObjectNode intent =
        records().stream()
            .filter(r -> r.path("request").asText().equals("running"))
            .findFirst()
            .get();
    assertThat(last).map(Checkpoint::open).contains(intent.path("seq").asLong());
    get(next.close());
  }
}
