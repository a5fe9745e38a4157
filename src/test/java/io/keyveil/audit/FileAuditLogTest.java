package io.keyveil.audit;

import static io.keyveil.audit.Await.failure;
import static io.keyveil.audit.Await.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the log promises: in order, chained, on disk before anybody is told, and back by itself. */
final class FileAuditLogTest {
  @TempDir Path temp;

  private final Vertx vertx = Vertx.vertx();
  private final List<FileAuditLog> opened = new ArrayList<>();

  /** What the next sinks do instead of what files do. */
  private volatile Trouble trouble = Trouble.NONE;

  private final CountDownLatch stalled = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);

  /** Ways for a disk to fail. */
  private enum Trouble {
    NONE,
    NOT_CREATED,
    HALF_WRITTEN,
    NOT_FORCED,
    STALLED
  }

  @AfterEach
  void close() {
    release.countDown();
    opened.forEach(log -> get(log.close()));
    get(vertx.close());
  }

  private Path folder() {
    return temp.resolve("audit");
  }

  private FileAuditLog open(int queueLimit) {
    FileAuditLog log =
        new FileAuditLog(
            vertx,
            new AuditSettings(folder(), Durability.FSYNC, queueLimit, Optional.of("i1")),
            InstantSource.fixed(SampleRecords.NOW),
            SampleRecords.RANDOM,
            file -> new TroubledSink(file));
    opened.add(log);
    return log;
  }

  private FileAuditLog open() {
    return open(10_000);
  }

  @Test
  void writesEveryKindAsOneLineOfJson() throws IOException {
    FileAuditLog log = open();
    AuditRecord.Intent intent = SampleRecords.intent("r1");
    get(log.append(intent));
    get(log.append(SampleRecords.completion(intent)));
    get(log.append(SampleRecords.management("register")));
    List<String> lines = Files.readAllLines(files().get(0));
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0))
        .isEqualTo(
            "{\"v\":1,\"seq\":1,\"prev\":\""
                + "0".repeat(64)
                + "\",\"instance\":\"i1\",\"time\":\"2026-03-01T10:00:00.123Z\",\"event\":\""
                + intent.event()
                + "\",\"kind\":\"intent\",\"request\":\"r1\",\"actor\":{\"issuer\":"
                + "\"https://idp.example.org/\",\"subject\":\"ali\\\"ce\\n\",\"client\":\"app\","
                + "\"token\":\"ab\"},\"file\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"revision\":3,"
                + "\"link\":\"BBBBBBBBBBBBBBBBBBBBBB\",\"method\":\"GET\",\"client\":\"192.0.2.7\",\"delivery\":\"stream\","
                + "\"decision\":\"allowed\",\"reason\":\"ok\",\"range\":\"0-99\",\"status\":206}");
    assertThat(lines.get(1))
        .contains("\"seq\":2", ChainLink.of(1, bytes(lines.get(0))).digest())
        .endsWith(
            "\"kind\":\"completion\",\"request\":\"r1\",\"actor\":{\"issuer\":"
                + "\"https://idp.example.org/\",\"subject\":\"ali\\\"ce\\n\",\"client\":\"app\","
                + "\"token\":\"ab\"},\"file\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"revision\":3,"
                + "\"link\":\"BBBBBBBBBBBBBBBBBBBBBB\",\"client\":\"192.0.2.7\","
                + "\"delivery\":\"stream\",\"outcome\":\"aborted-by-client\","
                + "\"status\":206,\"sent\":42,\"range\":\"0-99\",\"ms\":1500}");
    assertThat(lines.get(2)).endsWith("\"action\":\"register\",\"outcome\":\"done\"}");
    assertThat(files().get(0).getFileName()).hasToString("audit-20260301T100000Z-i1.jsonl");
  }

  @Test
  void writesWhatBelongsTogetherInOneGoOrNotAtAll() throws IOException {
    FileAuditLog log = open();
    AuditRecord.Intent intent = SampleRecords.intent("r1");
    List<AuditRecord> both = List.of(intent, SampleRecords.completion(intent));
    get(log.append(SampleRecords.management("start")));
    trouble = Trouble.HALF_WRITTEN;
    assertThat(failure(log.append(both))).isInstanceOf(AuditUnavailableException.class);
    trouble = Trouble.NONE;
    get(log.append(both));
    assertThat(written()).isEqualTo(3);
    assertThat(requests()).containsExactly("r1");
  }

  @Test
  void writesWhatNobodyWaitsForAllTheSame() throws IOException {
    FileAuditLog log = open();
    get(log.follow(SampleRecords.completion(SampleRecords.intent("r1"))));
    assertThat(written()).isEqualTo(1);
  }

  @Test
  void isForNobodyElseToRead() throws IOException {
    get(open().append(SampleRecords.management("start")));
    assertThat(mode(folder())).isEqualTo("rwx------");
    assertThat(mode(files().get(0))).isEqualTo("rw-------");
  }

  @Test
  void keepsTheOrderAndTheChainOfManyWritersAtOnce() throws Exception {
    FileAuditLog log = open();
    List<Thread> writers =
        IntStream.range(0, 4)
            .mapToObj(
                n ->
                    new Thread(
                        () ->
                            IntStream.range(0, 250)
                                .mapToObj(i -> log.append(SampleRecords.intent(n + "-" + i)))
                                .toList()
                                .forEach(Await::get)))
            .toList();
    writers.forEach(Thread::start);
    for (Thread writer : writers) {
      writer.join();
    }
    assertThat(written()).isEqualTo(1000);
    List<String> requests = requests();
    for (int n = 0; n < 4; n++) {
      String own = n + "-";
      assertThat(requests)
          .filteredOn(request -> request.startsWith(own))
          .containsExactlyElementsOf(IntStream.range(0, 250).mapToObj(i -> own + i).toList());
    }
  }

  @Test
  void goesOnWithTheChainAfterARestart() throws IOException {
    for (int i = 0; i < 3; i++) {
      FileAuditLog log = open();
      get(log.append(SampleRecords.intent("a" + i)));
      get(log.append(SampleRecords.intent("b" + i)));
      get(log.close());
    }
    // The last start wrote nothing, and the clock stood still all the time.
    get(open().close());
    assertThat(written()).isEqualTo(6);
    assertThat(sound().files()).isEqualTo(4);
    assertThat(requests()).containsExactly("a0", "b0", "a1", "b1", "a2", "b2");
  }

  @Test
  void goesOnAfterACrashInTheMiddleOfALine() throws IOException {
    FileAuditLog log = open();
    get(log.append(SampleRecords.intent("a")));
    get(log.close());
    Files.writeString(
        files().get(0), "{\"v\":1,\"seq\":3", java.nio.file.StandardOpenOption.APPEND);
    get(open().append(SampleRecords.intent("b")));
    assertThat(written()).isEqualTo(2);
    assertThat(sound().tornTails()).isZero();
  }

  @Test
  void refusesAFolderThatAnotherOneWritesTo() {
    get(open().append(SampleRecords.management("start")));
    assertThatThrownBy(this::open)
        .isInstanceOf(AuditUnavailableException.class)
        .hasMessage(
            "audit.folder: "
                + folder()
                + " is in use by another process (expected: a folder for each process)");
    get(opened.get(0).append(SampleRecords.management("go-on")));
  }

  @Test
  void refusesToStartWhereNothingCanBeWritten() throws IOException {
    Files.writeString(folder(), "a file");
    assertThatThrownBy(this::open)
        .isInstanceOf(AuditUnavailableException.class)
        .hasMessageStartingWith("audit.folder: " + folder() + " cannot be written: ");
    Files.delete(folder());
    trouble = Trouble.NOT_CREATED;
    assertThatThrownBy(this::open).isInstanceOf(AuditUnavailableException.class);
    trouble = Trouble.NONE;
    get(open().append(SampleRecords.management("start")));
  }

  @Test
  void cutsOffWhatItToldToHaveFailedAndGoesOnInANewFile() throws IOException {
    for (Trouble each : List.of(Trouble.HALF_WRITTEN, Trouble.NOT_FORCED)) {
      FileAuditLog log = open();
      get(log.append(SampleRecords.intent("before")));
      trouble = each;
      assertThat(failure(log.append(SampleRecords.intent("lost"))))
          .isInstanceOf(AuditUnavailableException.class)
          .hasMessageContaining("No space left on device");
      trouble = Trouble.NOT_CREATED;
      assertThat(failure(log.append(SampleRecords.intent("lost"))))
          .isInstanceOf(AuditUnavailableException.class);
      trouble = Trouble.NONE;
      get(log.append(SampleRecords.intent("after")));
      get(log.close());
    }
    assertThat(requests()).containsExactly("before", "after", "before", "after");
    assertThat(sound().tornTails()).isZero();
    assertThat(written()).isEqualTo(4);
  }

  @Test
  void recoversByBeingAskedForItsHealth() throws IOException {
    FileAuditLog log = open();
    assertThat(get(log.health())).isEmpty();
    trouble = Trouble.HALF_WRITTEN;
    assertThat(failure(log.append(SampleRecords.intent("lost")))).isNotNull();
    assertThat(get(log.health()).orElseThrow()).contains("No space left on device");
    trouble = Trouble.NONE;
    assertThat(get(log.health())).isEmpty();
    assertThat(written()).isEqualTo(1);
    assertThat(get(log.health())).isEmpty();
    assertThat(written()).isEqualTo(1);
  }

  @Test
  void failsWhileTheFolderIsGoneAndWorksWhenItIsBack() throws IOException {
    FileAuditLog log = open();
    get(log.append(SampleRecords.intent("a")));
    deleteFolder();
    assertThat(get(log.health())).isPresent();
    assertThat(failure(log.append(SampleRecords.intent("b"))))
        .isInstanceOf(AuditUnavailableException.class);
    Files.createDirectory(folder());
    get(log.append(SampleRecords.intent("c")));
    assertThat(requests()).containsExactly("c");
    assertThat(
            AuditVerifier.verify(folder())
                .<String>match(Verdict.Sound::toString, Verdict.Broken::why))
        .isEqualTo("begins with record 2, and nothing says that earlier ones were archived");
    assertThatThrownBy(this::open).hasMessageContaining("is in use by another process");
  }

  @Test
  void goesOnInANewFileWhenItsFileWasTakenAway() throws IOException {
    FileAuditLog log = open();
    get(log.append(SampleRecords.intent("a")));
    Files.move(files().get(0), temp.resolve("archived"));
    get(log.append(SampleRecords.intent("b")));
    assertThat(requests()).containsExactly("b");
    Files.move(temp.resolve("archived"), folder().resolve("audit-0.jsonl"));
    assertThat(written()).isEqualTo(2);
  }

  @Test
  void failsWhatFindsTheQueueFull() throws InterruptedException {
    FileAuditLog log = open(2);
    trouble = Trouble.STALLED;
    Future<Void> first = log.append(SampleRecords.intent("1"));
    assertThat(stalled.await(30, TimeUnit.SECONDS)).isTrue();
    Future<Void> second = log.append(SampleRecords.intent("2"));
    Future<Void> third = log.append(SampleRecords.intent("3"));
    assertThat(failure(log.append(SampleRecords.intent("4"))))
        .hasMessage("the audit queue is full");
    assertThat(first.isComplete()).isFalse();
    release.countDown();
    get(Future.all(first, second, third));
  }

  @Test
  void writesWhatWaitsBeforeItCloses() throws IOException {
    FileAuditLog log = open();
    List<Future<Void>> waiting =
        IntStream.range(0, 50).mapToObj(i -> log.append(SampleRecords.intent("w"))).toList();
    get(log.close());
    waiting.forEach(Await::get);
    assertThat(written()).isEqualTo(50);
    assertThat(failure(log.append(SampleRecords.intent("x"))))
        .hasMessage("the audit log is closed");
  }

  @Test
  void answersOnTheContextOfWhoeverAsked() {
    FileAuditLog log = open();
    Context context = vertx.getOrCreateContext();
    Promise<Boolean> same = Promise.promise();
    context.runOnContext(
        go ->
            log.append(SampleRecords.intent("c"))
                .onComplete(done -> same.complete(Vertx.currentContext() == context)));
    assertThat(get(same.future())).isTrue();
  }

  @Test
  void hasNoRoomForAKeyInReasonsActionsAndRanges() {
    assertThatThrownBy(() -> SampleRecords.management("patients/Jane"))
        .hasMessage("action: not a word (expected: a-z, 0-9 and -)");
  }

  private List<Path> files() throws IOException {
    return AuditFiles.inOrder(folder());
  }

  private List<String> requests() throws IOException {
    List<String> requests = new ArrayList<>();
    AuditReader.read(
        folder(),
        record -> record.path("kind").asText().equals("intent"),
        (ObjectNode record) -> requests.add(record.get("request").asText()));
    return requests;
  }

  /** How many records were asked for and are there, in a log that holds. */
  private long written() throws IOException {
    Verdict.Sound unused = sound();
    List<ObjectNode> found = new ArrayList<>();
    AuditReader.read(
        folder(),
        record ->
            !record.path("kind").asText().equals("checkpoint")
                && !record.path("outcome").asText().equals("unknown-after-crash")
                && !record.path("action").asText().equals("quarantine"),
        found::add);
    return found.size();
  }

  private Verdict.Sound sound() throws IOException {
    return AuditVerifier.verify(folder())
        .match(
            sound -> sound,
            broken -> {
              throw new AssertionError(broken.toString());
            });
  }

  private void deleteFolder() throws IOException {
    try (Stream<Path> all = Files.list(folder())) {
      for (Path each : all.toList()) {
        Files.delete(each);
      }
    }
    Files.delete(folder());
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A file whose disk fails on command. */
  private final class TroubledSink implements AuditSink {
    private final AuditSink file;

    TroubledSink(Path path) throws IOException {
      if (trouble == Trouble.NOT_CREATED) {
        throw new IOException("No space left on device");
      }
      this.file = AuditSink.create(path);
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
      if (trouble == Trouble.HALF_WRITTEN) {
        file.write(bytes.slice(0, bytes.remaining() / 2));
        throw new IOException("No space left on device");
      }
      if (trouble == Trouble.STALLED) {
        stall();
      }
      file.write(bytes);
    }

    @Override
    public void force() throws IOException {
      if (trouble == Trouble.NOT_FORCED) {
        throw new IOException("No space left on device");
      }
      file.force();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }

    private void stall() {
      stalled.countDown();
      try {
        release.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
