package io.keyveil.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.audit.AuditRecord.Finding;
import io.keyveil.audit.AuditRecord.Reconciled;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What S3's logs come to, whenever and however often they are read. */
final class ReconciliationTest {
  private static final Instant DECIDED = SampleRecords.NOW;
  private static final Instant FAR = DECIDED.plus(Duration.ofDays(2));
  private static final String HOME = "192.0.2.7";

  private final List<ObjectNode> intents = new ArrayList<>();
  private final List<ObjectNode> earlier = new ArrayList<>();
  private ChainLink end = ChainLink.START;
  private long outstanding;
  private Optional<Instant> since = Optional.empty();

  private EventId redirect() {
    AuditRecord.Intent like = SampleRecords.intent("r");
    AuditRecord.Intent intent =
        new AuditRecord.Intent(
            like.event(),
            like.requestId(),
            like.time(),
            like.actor(),
            like.fileId(),
            like.revision(),
            like.linkId(),
            like.method(),
            HOME,
            AuditRecord.Way.REDIRECT,
            like.decision(),
            like.reason(),
            Optional.empty(),
            302);
    intents.add(json(intent));
    return intent.event();
  }

  private ObjectNode json(AuditRecord record) {
    byte[] line = SampleRecords.line(record, end, "i1");
    end = ChainLink.of(end.seq() + 1, line);
    CanonicalLine canonical = new CanonicalLine();
    assertThat(canonical.read(line, 0, line.length)).isTrue();
    return AuditLine.read(line).orElseThrow();
  }

  private static Fetch fetch(EventId event, String request, int minute, String address) {
    Instant time = DECIDED.plus(Duration.ofMinutes(minute));
    return new Fetch(Optional.of(event), request, time, address, 10);
  }

  /** One run over these logs; what it records is there for the next. */
  private List<Reconciled> run(Instant reach, List<Fetch> fetches) throws IOException {
    return run(reach, fetches, 1000);
  }

  private List<Reconciled> run(Instant reach, List<Fetch> fetches, int most) throws IOException {
    List<Reconciled> found = new ArrayList<>();
    try (Reconciliation run = new Reconciliation(Duration.ofHours(6), FAR, most)) {
      fetches.forEach(run::fetch);
      run.reaches(reach);
      int shares = run.shares(earlier.size());
      for (int i = 0; i < shares; i++) {
        ReconciledShare share = run.share(i, shares);
        earlier.forEach(share::found);
        intents.forEach(intent -> share.decision(intent).ifPresent(found::add));
        found.addAll(share.strangers());
      }
      assertThat(run.redirects()).isEqualTo(intents.size());
      outstanding = run.outstanding();
      since = run.outstandingSince();
    }
    found.forEach(record -> earlier.add(json(record)));
    return found;
  }

  private static List<String> told(List<Reconciled> found) {
    return found.stream()
        .map(one -> one.finding().word() + " " + one.fetches() + " " + one.sent())
        .toList();
  }

  @Test
  void findsEachOfItsWords() throws IOException {
    EventId once = redirect();
    EventId again = redirect();
    EventId elsewhere = redirect();
    EventId never = redirect();
    EventId nobodys = EventId.random(SampleRecords.RANDOM);
    List<Reconciled> found =
        run(
            FAR,
            List.of(
                fetch(once, "R1", 1, HOME),
                fetch(once, "R1", 1, HOME),
                fetch(again, "R2", 1, HOME),
                fetch(again, "R3", 2, HOME),
                fetch(elsewhere, "R4", 1, "203.0.113.9"),
                fetch(nobodys, "R5", 1, HOME),
                new Fetch(Optional.empty(), "R6", DECIDED, HOME, 10)));
    assertThat(told(found))
        .containsExactly(
            "fetched-once 1 10",
            "fetched-again 2 20",
            "fetched-from-another-address 1 10",
            "never-fetched 0 0",
            "fetched-without-intent 1 10",
            "fetched-without-intent 1 10");
    assertThat(found.get(3).event()).isEqualTo(never);
    assertThat(outstanding).isZero();
  }

  @Test
  void joinsALogThatArrivesAfterALaterOneAndCountsNoneTwice() throws IOException {
    EventId event = redirect();
    Fetch late = fetch(event, "R1", 1, HOME);
    Fetch early = fetch(event, "R2", 60, "203.0.113.9");
    assertThat(told(run(FAR, List.of(early)))).containsExactly("fetched-from-another-address 1 10");
    List<Reconciled> joined = run(FAR, List.of(late, early));
    assertThat(told(joined)).containsExactly("fetched-from-another-address 2 20");
    // The newest fetch is still the other one.
    assertThat(joined.get(0).clientAddress()).contains("203.0.113.9");
    assertThat(joined.get(0).fetched()).contains(early.time());
    assertThat(run(FAR, List.of(late, early, late))).isEmpty();
  }

  @Test
  void takesBackThatAUrlWasNeverFetched() throws IOException {
    EventId event = redirect();
    assertThat(told(run(FAR, List.of()))).containsExactly("never-fetched 0 0");
    assertThat(run(FAR, List.of())).isEmpty();
    assertThat(told(run(FAR, List.of(fetch(event, "R1", 1, HOME)))))
        .containsExactly("fetched-once 1 10");
    assertThat(run(FAR, List.of())).isEmpty();
  }

  @Test
  void waitsUntilTheLogsReachFarEnough() throws IOException {
    EventId unused = redirect();
    assertThat(run(DECIDED.plus(Duration.ofHours(5)), List.of())).isEmpty();
    assertThat(outstanding).isEqualTo(1);
    assertThat(since).contains(DECIDED);
  }

  @Test
  void goesByTheTimeWhereThereAreTooManyRequestsToName() throws IOException {
    EventId event = redirect();
    List<Fetch> many = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      many.add(fetch(event, "R" + i, 1 + i, HOME));
    }
    assertThat(told(run(FAR, many))).containsExactly("fetched-again 100 1000");
    assertThat(run(FAR, many)).isEmpty();
    many.add(fetch(event, "later", 200, HOME));
    assertThat(told(run(FAR, many))).containsExactly("fetched-again 101 1010");
    assertThat(run(FAR, many)).isEmpty();
  }

  @Test
  void findsTheSameInHoweverManyShares() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<Fetch> fetches = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      EventId event = i % 7 == 0 ? EventId.random(SampleRecords.RANDOM) : redirect();
      for (int n = random.nextInt(4); n > 0; n--) {
        fetches.add(fetch(event, "R" + i + "-" + n, 1 + random.nextInt(90), HOME));
      }
    }
    Collections.shuffle(fetches, random);
    List<String> shared = told(run(FAR, fetches, 40));
    earlier.clear();
    assertThat(told(run(FAR, fetches, 100_000)))
        .as("seed %d", seed)
        .containsExactlyInAnyOrderElementsOf(shared);
    assertThat(run(FAR, fetches, 40)).as("seed %d", seed).isEmpty();
  }

  @Test
  void saysSoWhereOneUrlIsMoreThanFits() {
    EventId event = redirect();
    List<Fetch> many = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      many.add(fetch(event, "R" + i, 1, HOME));
    }
    assertThatThrownBy(() -> run(FAR, many, 10))
        .isInstanceOf(ReconciledShare.TooManyFetchesException.class)
        .hasMessage("too many fetches of one URL (expected: less than 40; give fewer at once)");
  }

  @Test
  void writesWhatTheSchemaHas() throws IOException {
    EventId event = redirect();
    List<Reconciled> found =
        run(FAR, List.of(fetch(event, "R1", 1, HOME), fetch(event, "R2", 2, HOME)));
    assertThat(found.get(0).finding()).isEqualTo(Finding.FETCHED_AGAIN);
    assertThat(RecordSchema.load().faults(earlier.get(0).toString())).isEmpty();
    assertThat(earlier.get(0).path("requests").asText())
        .matches("[A-Za-z0-9_-]{8} [A-Za-z0-9_-]{8}");
  }
}
