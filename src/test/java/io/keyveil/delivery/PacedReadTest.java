package io.keyveil.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.access.SteerableClock;
import io.keyveil.audit.AuditRecord.Ending;
import io.keyveil.file.Await;
import io.keyveil.limit.Enforcement;
import io.keyveil.limit.Limits;
import io.keyveil.limit.Pace;
import io.keyveil.limit.Party;
import io.keyveil.limit.Rate;
import io.keyveil.limit.RateSettings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Streams that are slowed down, by a clock that a test moves and looks that it takes itself. */
final class PacedReadTest {
  private static final Vertx VERTX = Vertx.vertx();
  private static final Rate RATE = new Rate(1_000, 2_000);
  private static final int CHUNK = 300;
  private static final Party SUBJECT = new Party("https://idp.test/", "alice");

  private final SteerableClock clock = new SteerableClock(Instant.parse("2026-11-21T08:00:00Z"));
  private final Lookout lookout = new Lookout(VERTX, Duration.ofHours(1));
  private final Limits limits = limits();

  @AfterAll
  static void stop() {
    Await.get(VERTX.close());
  }

  @Test
  void holdsItsRate() {
    FakeRead source = source(200);
    PacedRead paced = paced(source);
    Taker taker = new Taker();
    paced.start(taker);
    Instant began = clock.instant();
    assertThat(taker.bytes).isBetween(RATE.burst(), RATE.burst() + CHUNK);
    while (taker.bytes < 30_000) {
      clock.move(Duration.ofMillis(50));
      paced.look();
      long may = RATE.burst() + Duration.between(began, clock.instant()).toMillis();
      assertThat(taker.bytes).isBetween(may - CHUNK, may + CHUNK);
    }
  }

  @Test
  void sharesTheRateWithOthersOfTheSameParty() {
    PacedRead first = paced(source(200));
    PacedRead second = paced(source(200));
    Taker taker = new Taker();
    first.start(taker);
    second.start(taker);
    Instant began = clock.instant();
    for (int i = 0; i < 500; i++) {
      clock.move(Duration.ofMillis(50));
      first.look();
      second.look();
      long may = RATE.burst() + Duration.between(began, clock.instant()).toMillis();
      assertThat(taker.bytes).isBetween(may - CHUNK, may + 2 * CHUNK);
    }
  }

  @Test
  void catchesUpAfterARest() {
    FakeRead source = source(100);
    PacedRead paced = paced(source);
    Taker taker = new Taker();
    paced.start(taker);
    clock.move(Duration.ofSeconds(2));
    paced.look();
    assertThat(taker.bytes).isBetween(RATE.burst() * 2, RATE.burst() * 2 + CHUNK);
  }

  @Test
  void goesOnOnlyWhenItsReceiverWantsItToo() {
    FakeRead source = source(20);
    PacedRead paced = paced(source);
    Taker taker = new Taker();
    paced.start(taker);
    long before = taker.bytes;
    paced.pause();
    paced.resume();
    assertThat(source.paused()).isTrue();
    paced.pause();
    clock.move(Duration.ofSeconds(10));
    paced.look();
    assertThat(source.paused()).isTrue();
    assertThat(taker.bytes).isEqualTo(before);
    paced.resume();
    assertThat(taker.bytes).isGreaterThan(before);
  }

  @Test
  void neverWaitsForItsEnd() {
    FakeRead source = new FakeRead(CHUNK * 20);
    PacedRead paced = paced(source);
    Taker taker = new Taker();
    paced.start(taker);
    source.give(CHUNK * 20);
    source.finish();
    assertThat(taker.ended).isTrue();
  }

  @Test
  void isNoReadWhoseClientStandsStill() {
    FakeRead source = source(8);
    PacedRead paced = paced(source);
    FakeClient client = new FakeClient();
    Transfer transfer = new Transfer(lookout, paced, client);
    Future<TransferEnd> end = transfer.start();
    for (int i = 0; i < 5; i++) {
      transfer.look();
    }
    assertThat(end.isComplete()).isFalse();
    clock.move(Duration.ofSeconds(10));
    paced.look();
    source.finish();
    assertThat(Await.get(end)).isEqualTo(new TransferEnd(Ending.COMPLETE, CHUNK * 8));
  }

  @Test
  void tellsItsReceiverWhenTheReadBreaksMeanwhile() {
    FakeRead source = source(20);
    PacedRead paced = paced(source);
    FakeClient client = new FakeClient();
    Future<TransferEnd> end = new Transfer(lookout, paced, client).start();
    source.fail();
    assertThat(Await.get(end).ending()).isEqualTo(Ending.UPSTREAM_FAILED);
    assertThat(source.cancels()).isEqualTo(1);
  }

  /** A read that has so many chunks to give at once. */
  private static FakeRead source(int chunks) {
    FakeRead read = new FakeRead((long) chunks * CHUNK);
    for (int i = 0; i < chunks; i++) {
      read.give(CHUNK);
    }
    return read;
  }

  private PacedRead paced(FakeRead read) {
    Pace pace = limits.pace(() -> Party.address("192.0.2.1"), () -> SUBJECT).orElseThrow();
    return new PacedRead(read, pace, lookout);
  }

  private Limits limits() {
    Rate none = new Rate(0, 1);
    return new Limits(
        new RateSettings(
            Enforcement.ENFORCE,
            1_000,
            new RateSettings.Traffic(none, none),
            new RateSettings.Traffic(none, RATE),
            none,
            none,
            none),
        clock,
        (limit, mode) -> {});
  }

  /** Counts what it gets. */
  private static final class Taker implements ObjectRead.Receiver {
    private long bytes;
    private boolean ended;

    @Override
    public void bytes(Chunk chunk) {
      bytes += chunk.length();
      chunk.drop();
    }

    @Override
    public void ended() {
      ended = true;
    }

    @Override
    public void broken(SourceFailure failure) {
      throw new AssertionError(failure);
    }
  }
}
