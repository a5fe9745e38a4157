package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.app.FaultModel.End;
import io.keyveil.app.FaultModel.Verdict;
import io.keyveil.config.KeyveilSettings;
import io.keyveil.delivery.ResumeSettings;
import io.keyveil.file.Checksum.Algorithm;
import io.keyveil.file.SampleFiles;
import io.keyveil.s3.LyingS3.Lie;
import io.keyveil.s3.LyingS3.Question;
import io.keyveil.s3.LyingS3.Told;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every fault of S3 at every place against every kind of client, several at once through one
 * gateway with few connections: what comes of each is what {@link FaultModel} says, S3 is asked for
 * the right bytes of the right object, and each download has its two records. The table of it goes
 * to {@code target/fault-matrix.txt}.
 */
@Tag("long")
class FaultMatrixIT {
  private static final int ATTEMPTS = 4;
  private static final int SIZE = 1 << 20;
  private static final int BOUNDARY = 64 << 10;
  private static final int RANDOM_CUTS = 200;
  private static final int RANDOM_PAIRS = 50;
  private static final FaultCell.Part WHOLE = new FaultCell.Part(0, SIZE, 200);
  private static final FaultCell.Part RANGE = new FaultCell.Part(70_001, 900_000, 206);

  /** So many at once with either kind of client. */
  private static final int LANES = 3;

  /** So many connections to S3 has either event loop: what leaked would soon be missed. */
  private static final int CONNECTIONS = 6;

  /** So many first questions are worth one repeated one. */
  private static final int PRICE = 10;

  /** Of ten repeated questions that can be saved up, some are for connections that S3 closed. */
  private static final int SAVINGS = 7;

  private static final Duration LONGEST = Duration.ofMinutes(3);

  /** Each costs a second, so that they are not repeated in every place. */
  private static final Set<Lie> SLOW =
      EnumSet.of(
          Lie.STALL_IN_BODY, Lie.STALL_AFTER_HEAD, Lie.SILENT, Lie.STALL_IN_HEAD, Lie.TRICKLE);

  /** One trouble after the other; the last two are more than a download may ask again for. */
  private static final List<List<Lie>> MIXED =
      List.of(
          List.of(Lie.BUSY, Lie.BUSY, Lie.SHORT_THEN_FIN, Lie.NOTHING_THEN_RST),
          List.of(Lie.NOTHING_THEN_RST, Lie.SHORT_THEN_FIN, Lie.NOTHING_THEN_RST),
          List.of(Lie.SHORT_THEN_FIN, Lie.BUSY, Lie.BUSY),
          List.of(Lie.SHORT_THEN_RST, Lie.NOTHING_THEN_FIN),
          List.of(Lie.SHORT_THEN_FIN, Lie.SHORT_THEN_FIN, Lie.OTHER_TAG),
          List.of(Lie.BUSY, Lie.BUSY, Lie.BUSY, Lie.BUSY, Lie.SHORT_THEN_FIN),
          List.of(Lie.BUSY, Lie.SHORT_THEN_FIN, Lie.CHUNKED, Lie.SHORT_THEN_FIN, Lie.BUSY));

  @TempDir Path folder;
  private final long seed = Long.getLong("keyveil.seed", new Random().nextLong());
  private final Random random = new Random(seed);
  private final FaultTable table = new FaultTable();
  private final List<String> mistakes = Collections.synchronizedList(new ArrayList<>());
  private final Semaphore savings = new Semaphore(SAVINGS);
  private LyingGateway lying;
  private String token = "";
  private String small = "";

  /** What became of a cell, or nothing if that was neither right nor visibly broken. */
  private record Done(FaultCell cell, Optional<String> requestId, int received, Optional<End> end) {
    /** The records say what the client saw. */
    List<String> complaints(JsonObject intent, List<JsonObject> completions) {
      if (completions.size() != 1) {
        return List.of(cell.told() + ": " + completions.size() + " completions");
      }
      JsonObject completion = completions.get(0);
      End ended = end.orElse(End.BROKEN);
      int status = ended.status() == 0 ? cell.part().status() : ended.status();
      String outcome = ended == End.WHOLE ? "complete" : "upstream-failed";
      long sent = completion.getLong("sent");
      boolean right =
          intent.getString("decision").equals("allowed")
              && intent.getInteger("status") == cell.part().status()
              && requestId.map(intent.getString("request")::equals).orElse(true)
              && completion.getString("request").equals(intent.getString("request"))
              && completion.getInteger("status") == status
              && completion.getString("outcome").equals(outcome)
              && rightlySent(ended, sent);
      return right
          ? List.of()
          : List.of(cell.told() + ": " + ended + ", but " + intent + " " + completion);
    }

    private boolean rightlySent(End ended, long sent) {
      return switch (ended) {
        case WHOLE -> sent == cell.part().length();
        case BROKEN -> sent >= received && sent < cell.part().length();
        case GONE, BAD_GATEWAY, BUSY, SILENT -> sent == 0;
      };
    }
  }

  @BeforeEach
  void start() {
    lying =
        LyingGateway.start(
            folder,
            SIZE,
            Duration.ofSeconds(1),
            Duration.ofSeconds(30),
            new ResumeSettings(ATTEMPTS, Duration.ofMillis(1), Duration.ofSeconds(1)),
            FaultMatrixIT::withFewConnections);
    token = lying.harness().reader("alice");
    small = LyingGateway.register(lying.harness(), "small");
  }

  @AfterEach
  void stop() {
    lying.close();
  }

  private static KeyveilSettings withFewConnections(KeyveilSettings settings) {
    return LyingGateway.with(
        settings, LyingGateway.connections(settings.s3(), CONNECTIONS), settings.delivery());
  }

  @Test
  void endsEveryDownloadAsTheModelSays() throws Exception {
    System.out.println("FaultMatrixIT: seed " + seed + " (repeat with -Dkeyveil.seed)");
    List<FaultCell> cells = cells();
    cells.forEach(cell -> table.add(cell.row()));
    List<Lane> lanes = new ArrayList<>();
    for (HttpVersion version : List.of(HttpVersion.HTTP_1_1, HttpVersion.HTTP_2)) {
      Queue<FaultCell> queue =
          new ConcurrentLinkedQueue<>(
              cells.stream().filter(cell -> cell.version() == version).toList());
      IntStream.range(0, LANES).forEach(n -> lanes.add(new Lane(version, n, queue)));
    }
    run(lanes);
    Wait.until("the end of all reads", () -> lying.s3().answering() == 0);
    Wait.until("the end of all downloads", () -> running() == 0);
    print();
    assertThat(mistakes).isEmpty();
    checkRecords(lanes);
    assertThat(mistakes).isEmpty();
    assertThat(lying.s3().accepted()).isGreaterThan(CONNECTIONS);
  }

  private static void run(List<Lane> lanes) throws InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(lanes.size());
    try {
      for (var lane : threads.invokeAll(lanes, LONGEST.toSeconds(), TimeUnit.SECONDS)) {
        assertThat(lane.isCancelled()).as("hung").isFalse();
        lane.get();
      }
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  private double running() {
    return lying
        .harness()
        .management("/metrics")
        .text()
        .lines()
        .filter(line -> line.startsWith("keyveil_downloads_running "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
        .sum();
  }

  private void print() throws IOException {
    String text = table.text() + "seed " + seed + "\n";
    System.out.print(text);
    var unused = Files.writeString(Path.of("target", "fault-matrix.txt"), text);
  }

  /** Exactly one intent and one completion for each. */
  private void checkRecords(List<Lane> lanes) {
    Wait.until("the last record", () -> records("completion") == records("intent"));
    Map<String, List<JsonObject>> intents = new HashMap<>();
    Map<String, List<JsonObject>> completions = new HashMap<>();
    for (String line : lying.harness().audit()) {
      JsonObject record = new JsonObject(line);
      if (record.getString("kind").equals("intent")) {
        collect(intents, record, "file");
      } else if (record.getString("kind").equals("completion")) {
        collect(completions, record, "event");
      }
    }
    lanes.forEach(lane -> lane.checkRecords(intents, completions));
  }

  private static void collect(
      Map<String, List<JsonObject>> records, JsonObject record, String field) {
    records.computeIfAbsent(record.getString(field), any -> new ArrayList<>()).add(record);
  }

  private long records(String kind) {
    String field = "\"kind\":\"" + kind + "\"";
    return lying.harness().audit().stream().filter(line -> line.contains(field)).count();
  }

  /** What it may cost in repeated questions. */
  private static int price(FaultCell cell) {
    return Math.min(ATTEMPTS, cell.script().size());
  }

  // The cells.

  private List<FaultCell> cells() {
    List<FaultCell> cells = new ArrayList<>();
    // What takes long comes first, so that nobody waits for it in the end.
    slow(cells);
    List<Long> edges =
        LongStream.iterate(0, at -> at <= SIZE, at -> at + BOUNDARY)
            .flatMap(at -> LongStream.of(at - 1, at, at + 1))
            .filter(at -> at >= 0 && at < SIZE)
            .boxed()
            .toList();
    List<Long> anywhere = random.longs(RANDOM_CUTS, 0, SIZE).boxed().toList();
    for (Lie cut : List.of(Lie.SHORT_THEN_FIN, Lie.SHORT_THEN_RST)) {
      String name = cut == Lie.SHORT_THEN_FIN ? "FIN" : "RST";
      cutAt(cells, name + " at and beside 64 KiB boundaries", cut, edges);
      cutAt(cells, name + " at random offsets", cut, anywhere);
      cutTwice(cells, name + " twice", cut);
    }
    for (Lie lie : Lie.values()) {
      // Bytes behind the end may meet a neighbour's question: SmuggledAnswerIT has them alone.
      if (lie != Lie.NONE && lie != Lie.BYTES_BEHIND_THE_END && !SLOW.contains(lie)) {
        everyPlace(cells, lie);
      }
    }
    MIXED.forEach(
        lies -> everyWay(cells, "in turn " + (MIXED.indexOf(lies) + 1), told(lies), true));
    return cells;
  }

  private static List<Told> told(List<Lie> lies) {
    return lies.stream().map(Told::of).toList();
  }

  private static void cutAt(List<FaultCell> cells, String row, Lie cut, List<Long> offsets) {
    for (long at : offsets) {
      Told told = new Told(cut, OptionalLong.of(at));
      for (boolean known : new boolean[] {false, true}) {
        everyClient(cells, row, List.of(told), WHOLE, known);
      }
    }
  }

  private void cutTwice(List<FaultCell> cells, String row, Lie cut) {
    for (int n = 0; n < RANDOM_PAIRS; n++) {
      FaultCell.Part part = n % 2 == 0 ? WHOLE : RANGE;
      LongStream two = random.longs(2, part.from(), part.last() + 1L).sorted();
      List<Told> script = two.mapToObj(at -> new Told(cut, OptionalLong.of(at))).toList();
      everyClient(cells, row, script, part, n % 4 < 2);
    }
  }

  /** As the first answer and as the answer for the rest, once and as often as S3 is asked. */
  private static void everyPlace(List<FaultCell> cells, Lie lie) {
    List<Lie> cut = List.of(Lie.SHORT_THEN_FIN);
    List<Lie> often = Collections.nCopies(ATTEMPTS, lie);
    everyWay(cells, lie + " first", told(List.of(lie)), false);
    everyWay(cells, lie + " for the rest", told(joined(cut, List.of(lie))), true);
    if (FaultModel.askedAgain(lie)) {
      everyWay(cells, lie + " " + ATTEMPTS + " times", told(often), true);
      everyWay(cells, lie + " always", told(joined(often, List.of(lie))), false);
      everyWay(cells, lie + " always for the rest", told(joined(cut, often)), true);
    }
  }

  private static void slow(List<FaultCell> cells) {
    List<Told> always = told(Collections.nCopies(ATTEMPTS + 1, Lie.STALL_IN_BODY));
    everyClient(cells, Lie.STALL_IN_BODY + " always", always, WHOLE, false);
    for (Lie lie : SLOW) {
      everyWay(cells, lie + " first", told(List.of(lie)), false);
      everyWay(cells, lie + " for the rest", told(List.of(Lie.SHORT_THEN_FIN, lie)), true);
    }
  }

  private static List<Lie> joined(List<Lie> first, List<Lie> then) {
    return Stream.concat(first.stream(), then.stream()).toList();
  }

  /** Whole and in part, where the checksum is known and where it is not. */
  private static void everyWay(
      List<FaultCell> cells, String row, List<Told> script, boolean known) {
    everyClient(cells, row, script, WHOLE, known);
    everyClient(cells, row, script, RANGE, !known);
  }

  private static void everyClient(
      List<FaultCell> cells, String row, List<Told> script, FaultCell.Part part, boolean known) {
    cells.add(new FaultCell(row, script, HttpVersion.HTTP_1_1, part, known));
    cells.add(new FaultCell(row, script, HttpVersion.HTTP_2, part, known));
  }

  /** One client with objects of its own, that goes through cells one after the other. */
  private final class Lane implements Callable<Integer> {
    private final Map<Boolean, String> files = new HashMap<>();
    private final Map<Boolean, List<Done>> done =
        Map.of(false, new ArrayList<>(), true, new ArrayList<>());
    private final String name;
    private final HttpClientAgent client;
    private final Queue<FaultCell> queue;

    Lane(HttpVersion version, int number, Queue<FaultCell> queue) {
      this.name = version + "-" + number;
      this.client = lying.harness().singleClient(version);
      this.queue = queue;
      register(false);
      lying
          .s3()
          .vouch(
              "x-amz-checksum-crc32c",
              SampleFiles.checksum(Algorithm.CRC32C, FaultCell.CONTENT).base64());
      register(true);
      lying.s3().vouch();
    }

    private void register(boolean known) {
      files.put(known, LyingGateway.register(lying.harness(), key(known)));
    }

    private String key(boolean known) {
      return "lane/" + name + (known ? "/known" : "/plain");
    }

    private String id(boolean known) {
      return Optional.ofNullable(files.get(known)).orElseThrow();
    }

    private List<Done> done(boolean known) {
      return Optional.ofNullable(done.get(known)).orElseThrow();
    }

    @Override
    public Integer call() throws InterruptedException {
      for (FaultCell cell = queue.poll(); cell != null; cell = queue.poll()) {
        savings.acquire(price(cell));
        try {
          earn(price(cell));
          play(cell);
        } finally {
          savings.release(price(cell));
        }
      }
      return 0;
    }

    /** Good reads on the same connection, and so on the same event loop. */
    private void earn(int questions) {
      for (int i = 0; i < questions; i++) {
        earnOne();
      }
    }

    private void earnOne() {
      List<Future<String>> reads = new ArrayList<>();
      for (int i = 0; i < PRICE; i++) {
        reads.add(read());
      }
      for (Future<String> read : reads) {
        String end = read.await();
        if (!end.equals("206 with 1")) {
          mistakes.add(name + ": a read that is nobody's fault gave " + end);
        }
      }
    }

    private Future<String> read() {
      RequestOptions options =
          new RequestOptions()
              .setMethod(HttpMethod.GET)
              .setHost("localhost")
              .setPort(lying.harness().gateway().port())
              .setURI("/files/" + small)
              .putHeader("Authorization", "Bearer " + token)
              .putHeader("Range", "bytes=0-0");
      return client
          .request(options)
          .compose(request -> request.send().compose(Lane::told))
          .otherwise(failure -> failure.toString());
    }

    /** Takes the body at once, on the response's own event loop. */
    private static Future<String> told(HttpClientResponse response) {
      return response.body().map(body -> response.statusCode() + " with " + body.length());
    }

    private void play(FaultCell cell) {
      String path = "/" + GatewayHarness.BUCKET + "/" + key(cell.known());
      lying.s3().tellOf(path, cell.script());
      Fetch fetch =
          cell.part().ranged()
              ? Fetch.with(
                  token, lying.harness(), client, id(cell.known()), "Range", cell.part().range())
              : Fetch.with(token, lying.harness(), client, id(cell.known()));
      List<Question> questions = lying.s3().askedOf(path);
      Optional<End> end = cell.part().end(fetch);
      table.count(cell.row(), end, questions.size());
      Set<Verdict> verdicts = cell.verdicts(ATTEMPTS, true);
      if (!end.map(found -> verdicts.contains(new Verdict(found, questions.size())))
          .orElse(false)) {
        mistakes.add(
            cell.told()
                + ": "
                + end.map(End::name).orElse("WRONG")
                + " after "
                + questions.size()
                + " questions, not "
                + verdicts
                + "; status "
                + fetch.status()
                + ", "
                + fetch.bytes().length()
                + " of "
                + fetch.promised()
                + " bytes");
      }
      mistakes.addAll(cell.complaints(questions));
      done(cell.known()).add(new Done(cell, fetch.requestId(), fetch.bytes().length(), end));
    }

    void checkRecords(
        Map<String, List<JsonObject>> intents, Map<String, List<JsonObject>> completions) {
      for (boolean known : new boolean[] {false, true}) {
        List<JsonObject> begun = intents.getOrDefault(id(known), List.of());
        List<Done> ended = done(known);
        assertThat(begun).as("intents of " + name).hasSize(ended.size());
        for (int i = 0; i < begun.size(); i++) {
          String event = begun.get(i).getString("event");
          List<JsonObject> ends = completions.getOrDefault(event, List.of());
          mistakes.addAll(ended.get(i).complaints(begun.get(i), ends));
        }
      }
    }
  }
}
