package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.app.FaultModel.End;
import io.keyveil.app.FaultModel.Verdict;
import io.keyveil.app.GatewayHarness.Answer;
import io.keyveil.delivery.ResumeSettings;
import io.keyveil.file.Checksum.Algorithm;
import io.keyveil.file.SampleFiles;
import io.keyveil.s3.LyingS3;
import io.keyveil.s3.LyingS3.Lie;
import io.keyveil.s3.LyingS3.Question;
import io.keyveil.s3.LyingS3.Told;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Thousands of random requests while S3 lies at random: each ends in one of the ways that {@link
 * FaultModel} allows, and what the store can answer never reaches S3.
 */
class LyingModelIT {
  private static final int LANES = 6;
  private static final int REQUESTS = 1_700;
  private static final int ATTEMPTS = 3;
  private static final int SIZE = 150_000;
  private static final FaultCell.Part WHOLE = new FaultCell.Part(0, SIZE, 200);
  private static final Duration LONGEST = Duration.ofMinutes(3);

  /**
   * All but those that take seconds, and bytes behind the end: those that come late may meet
   * somebody else's question on the same connection, where HTTP/1.1 makes an answer of them.
   */
  private static final List<Lie> LIES =
      List.copyOf(
          EnumSet.complementOf(
              EnumSet.of(
                  Lie.BYTES_BEHIND_THE_END,
                  Lie.STALL_IN_BODY,
                  Lie.STALL_AFTER_HEAD,
                  Lie.SILENT,
                  Lie.STALL_IN_HEAD,
                  Lie.TRICKLE)));

  private static final List<Known> KNOWN = List.of(Known.values());

  @TempDir Path folder;
  private final long seed = Long.getLong("keyveil.seed", new Random().nextLong());
  private final List<String> mistakes = Collections.synchronizedList(new ArrayList<>());
  private final Map<String, Integer> counts = new TreeMap<>();
  private LyingGateway lying;

  /** What is answered without S3. */
  private enum Known {
    HEAD(200),
    SAME(304),
    OTHER(412),
    BEYOND(416),
    FOREIGN(404),
    NOBODY(401);

    private final int status;

    Known(int status) {
      this.status = status;
    }
  }

  @BeforeEach
  void start() {
    lying =
        LyingGateway.start(
            folder,
            SIZE,
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            new ResumeSettings(ATTEMPTS, Duration.ofMillis(1), Duration.ofSeconds(10)));
  }

  @AfterEach
  void stop() {
    lying.close();
  }

  @Test
  void endsEveryRequestInAWayThatTheModelAllows() throws Exception {
    System.out.println("LyingModelIT: seed " + seed + " (repeat with -Dkeyveil.seed)");
    List<Lane> lanes = new ArrayList<>();
    for (int n = 0; n < LANES; n++) {
      lanes.add(new Lane(n));
    }
    ExecutorService threads = Executors.newFixedThreadPool(LANES);
    for (var lane : threads.invokeAll(lanes, LONGEST.toSeconds(), TimeUnit.SECONDS)) {
      assertThat(lane.isCancelled()).as("hung").isFalse();
      assertThat(lane.get()).isEqualTo(REQUESTS);
    }
    threads.shutdown();
    System.out.println("LyingModelIT: " + counts);
    assertThat(mistakes).isEmpty();
    assertThat(counts.keySet())
        .containsAll(Stream.of(Known.values()).map(Enum::name).toList())
        .contains("WHOLE", "BROKEN", "GONE", "BAD_GATEWAY", "BUSY");
    Wait.until("the end of all reads", () -> lying.s3().answering() == 0);
    Wait.until("the last record", () -> records("completion") == records("intent"));
  }

  /** Of those that are about bytes. */
  private long records(String kind) {
    return lying.harness().audit().stream()
        .filter(line -> line.contains("\"kind\":\"" + kind + "\""))
        .filter(line -> !kind.equals("intent") || line.contains("\"delivery\":\"stream\""))
        .count();
  }

  private synchronized void count(String what) {
    var unused = counts.merge(what, 1, Integer::sum);
  }

  /** One client with an object of its own, and chance of its own. */
  private final class Lane implements Callable<Integer> {
    private final Random random;
    private final HttpVersion version;
    private final HttpClientAgent client;
    private final boolean known;
    private final String path;
    private final String id;
    private final String alice = lying.harness().reader("alice");
    private final String bob = lying.harness().reader("bob");

    Lane(int number) {
      random = new Random(seed + number);
      version = number % 2 == 0 ? HttpVersion.HTTP_1_1 : HttpVersion.HTTP_2;
      client = lying.harness().client(version);
      known = number % 3 == 0;
      String key = "lane/" + number;
      path = "/" + GatewayHarness.BUCKET + "/" + key;
      if (known) {
        byte[] all = Arrays.copyOf(FaultCell.CONTENT, SIZE);
        lying
            .s3()
            .vouch("x-amz-checksum-crc32c", SampleFiles.checksum(Algorithm.CRC32C, all).base64());
      }
      id = LyingGateway.register(lying.harness(), key);
      lying.s3().vouch();
    }

    @Override
    public Integer call() {
      for (int i = 0; i < REQUESTS; i++) {
        if (random.nextInt(5) == 0) {
          ask(KNOWN.get(random.nextInt(KNOWN.size())), i);
        } else {
          download(i);
        }
      }
      return REQUESTS;
    }

    private void download(int number) {
      FaultCell.Part part = random.nextBoolean() ? WHOLE : part();
      FaultCell cell = new FaultCell("request " + number, script(part), version, part, known);
      lying.s3().tellOf(path, cell.script());
      Fetch fetch =
          part.ranged()
              ? Fetch.with(alice, lying.harness(), client, id, "Range", part.range())
              : Fetch.with(alice, lying.harness(), client, id);
      List<Question> questions = lying.s3().askedOf(path);
      Optional<End> end = part.end(fetch);
      Set<Verdict> verdicts = cell.verdicts(ATTEMPTS, false);
      if (!allowed(verdicts, end, questions.size())) {
        mistakes.add(
            "seed "
                + seed
                + ", "
                + cell.told()
                + ": "
                + end
                + " after "
                + questions
                + ", not "
                + verdicts
                + "; status "
                + fetch.status()
                + " with "
                + fetch.bytes().length()
                + " of "
                + fetch.promised());
      }
      mistakes.addAll(cell.complaints(questions));
      count(end.map(End::name).orElse("WRONG"));
    }

    private boolean allowed(Set<Verdict> verdicts, Optional<End> end, int questions) {
      return end.map(found -> verdicts.contains(new Verdict(found, questions))).orElse(false);
    }

    private FaultCell.Part part() {
      int from = random.nextInt(SIZE);
      int length = 1 + random.nextInt(SIZE - from);
      return new FaultCell.Part(from, length, 206);
    }

    /** Mostly short; what breaks off does so where it may. */
    private List<Told> script(FaultCell.Part part) {
      int lies = Math.max(0, random.nextInt(8) - 3);
      List<Told> script = new ArrayList<>();
      long from = part.from();
      for (int i = 0; i < lies; i++) {
        Lie lie = LIES.get(random.nextInt(LIES.size()));
        boolean breaks = lie == Lie.SHORT_THEN_FIN || lie == Lie.SHORT_THEN_RST;
        from = breaks ? from + random.nextLong(part.last() + 1 - from) : from;
        script.add(new Told(lie, breaks ? OptionalLong.of(from) : OptionalLong.empty()));
      }
      return script;
    }

    private void ask(Known what, int number) {
      lying.s3().tellOf(path, List.of(Told.of(Lie.BROKEN)));
      Answer answer =
          lying
              .harness()
              .send(
                  client,
                  what == Known.HEAD ? HttpMethod.HEAD : HttpMethod.GET,
                  "/files/" + id,
                  token(what),
                  Buffer.buffer(),
                  fields(what));
      count(what.name());
      if (answer.status() != what.status || !lying.s3().askedOf(path).isEmpty()) {
        mistakes.add("seed " + seed + ", request " + number + ": " + what + " gave " + answer);
      }
    }

    private Optional<String> token(Known what) {
      return switch (what) {
        case NOBODY -> Optional.empty();
        case FOREIGN -> Optional.of(bob);
        case HEAD, SAME, OTHER, BEYOND -> Optional.of(alice);
      };
    }

    private static String[] fields(Known what) {
      return switch (what) {
        case SAME -> new String[] {"If-None-Match", LyingS3.ETAG};
        case OTHER -> new String[] {"If-Match", "\"another\""};
        case BEYOND -> new String[] {"Range", "bytes=" + SIZE + "-"};
        case HEAD, FOREIGN, NOBODY -> new String[0];
      };
    }
  }
}
