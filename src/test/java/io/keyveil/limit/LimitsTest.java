package io.keyveil.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.access.Rejection;
import io.keyveil.access.SteerableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who is over which limit, by a clock that a test moves. */
final class LimitsTest {
  private static final Party ALICE = new Party("https://idp.test/", "alice");
  private static final Party BOB = new Party("https://idp.test/", "bob");
  private static final Duration NIGH = Duration.ofMillis(1);

  private final SteerableClock clock = new SteerableClock(Instant.parse("2026-11-21T08:00:00Z"));
  private final List<String> told = new ArrayList<>();

  @ParameterizedTest
  @EnumSource
  void allowsABurstAndThenTheRate(Limit limit) {
    Limits limits = limits(Enforcement.ENFORCE, new Rate(2, 5));
    takeAll(limits, limit, ALICE, 5);
    Excess excess = limits.take(limit, ALICE).orElseThrow();
    assertThat(excess).isEqualTo(new Excess(limit, new Rate(2, 5), Duration.ofMillis(500)));
    clock.move(excess.delay().minus(NIGH));
    assertThat(limits.take(limit, ALICE)).isPresent();
    clock.move(NIGH);
    assertThat(limits.take(limit, ALICE)).isEmpty();
    assertThat(limits.take(limit, ALICE)).isPresent();
    clock.move(Duration.ofHours(1));
    takeAll(limits, limit, ALICE, 5);
    assertThat(limits.take(limit, ALICE)).isPresent();
  }

  @ParameterizedTest
  @EnumSource
  void hasNoLimitAtZero(Limit limit) {
    Limits limits = limits(Enforcement.ENFORCE, new Rate(0, 1));
    takeAll(limits, limit, ALICE, 1000);
    assertThat(limits.has(limit)).isFalse();
    assertThat(limits.pace(() -> ALICE, () -> BOB)).isEmpty();
    assertThat(limits.deepInDebt(limit, ALICE)).isEmpty();
    assertThat(told).isEmpty();
  }

  @Test
  void countsEachPartyByItself() {
    Limits limits = limits(Enforcement.ENFORCE, new Rate(1, 1));
    takeAll(limits, Limit.SUBJECT, ALICE, 1);
    assertThat(limits.take(Limit.SUBJECT, ALICE)).isPresent();
    assertThat(limits.take(Limit.SUBJECT, BOB)).isEmpty();
    assertThat(limits.take(Limit.SUBJECT, new Party("https://other.test/", "alice"))).isEmpty();
  }

  @Test
  void countsEachLimitByItself() {
    Limits limits = limits(Enforcement.ENFORCE, new Rate(1, 1));
    takeAll(limits, Limit.SUBJECT, ALICE, 1);
    assertThat(limits.take(Limit.SUBJECT, ALICE)).isPresent();
    assertThat(limits.take(Limit.REGISTRATION, ALICE)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void onlyTellsWhatItWouldHaveRefused(Limit limit) {
    Limits limits = limits(Enforcement.REPORT, new Rate(1, 2));
    takeAll(limits, limit, ALICE, 2);
    assertThat(told).isEmpty();
    takeAll(limits, limit, ALICE, 3);
    assertThat(told).hasSize(3).containsOnly(limit.word() + " report");
  }

  @Test
  void tellsWhatItRefuses() {
    Limits limits = limits(Enforcement.ENFORCE, new Rate(1, 1));
    takeAll(limits, Limit.ADDRESS, ALICE, 1);
    assertThat(limits.take(Limit.ADDRESS, ALICE)).isPresent();
    assertThat(told).containsExactly("address enforce");
  }

  @ParameterizedTest
  @EnumSource
  void countsEveryFailedCredentialButExpiredTokens(Rejection reason) {
    Limits limits = limits(Enforcement.ENFORCE, new Rate(1, 1));
    assertThat(limits.failed(ALICE, reason)).isEmpty();
    assertThat(limits.failed(ALICE, reason).isPresent()).isEqualTo(reason != Rejection.EXPIRED);
  }

  @Test
  void answersAnExpiredTokenEvenAfterManyBadOnes() {
    Limits limits = limits(Enforcement.ENFORCE, new Rate(1, 1));
    assertThat(limits.failed(ALICE, Rejection.SIGNATURE)).isEmpty();
    assertThat(limits.failed(ALICE, Rejection.SIGNATURE)).isPresent();
    assertThat(limits.failed(ALICE, Rejection.EXPIRED)).isEmpty();
  }

  @Test
  void goesOnWhenTheClockIsSetBack() {
    Limits limits = limits(Enforcement.ENFORCE, new Rate(1, 1));
    clock.move(Duration.ofHours(2));
    takeAll(limits, Limit.SUBJECT, ALICE, 1);
    clock.move(Duration.ofHours(-1));
    assertThat(limits.take(Limit.SUBJECT, ALICE)).isPresent();
    clock.move(Duration.ofSeconds(1));
    assertThat(limits.take(Limit.SUBJECT, ALICE)).isEmpty();
    assertThat(limits.take(Limit.SUBJECT, ALICE)).isPresent();
  }

  @Test
  void remembersOnlySoManyAndNeverForgetsWhoKeepsAsking() {
    Limits limits =
        new Limits(settings(Enforcement.ENFORCE, 1_000, new Rate(1, 10)), clock, this::tell);
    Party hammering = Party.address("203.0.113.7");
    takeAll(limits, Limit.ADDRESS, hammering, 10);
    int fresh = 0;
    for (int i = 0; i < 1_000_000; i++) {
      Party other = Party.address((i >> 16 & 255) + "." + (i >> 8 & 255) + "." + (i & 255) + ".1");
      fresh += limits.take(Limit.ADDRESS, other).isEmpty() ? 1 : 0;
      assertThat(i % 10 == 0 && limits.take(Limit.ADDRESS, hammering).isEmpty()).isFalse();
    }
    assertThat(fresh).isEqualTo(1_000_000);
    assertThat(limits.remembered(Limit.ADDRESS)).isLessThanOrEqualTo(1_000);
  }

  @Test
  void forgetsWhoseBucketIsFullAgain() {
    Limits limits = limits(Enforcement.ENFORCE, new Rate(1, 10));
    takeAll(limits, Limit.SUBJECT, ALICE, 10);
    clock.move(Duration.ofSeconds(10));
    assertThat(limits.remembered(Limit.SUBJECT)).isEqualTo(1);
    clock.move(Duration.ofSeconds(12));
    assertThat(limits.remembered(Limit.SUBJECT)).isZero();
  }

  @Test
  void remembersWhatIsOwedUntilItIsPaid() {
    Limits limits = limits(Enforcement.ENFORCE, new Rate(10, 10));
    limits.pace(() -> BOB, () -> ALICE).orElseThrow().spend(10_010);
    clock.move(Duration.ofMinutes(15));
    assertThat(limits.deepInDebt(Limit.SUBJECT_BYTES, ALICE).orElseThrow().delay())
        .isEqualTo(Duration.ofSeconds(100));
    clock.move(Duration.ofSeconds(112));
    assertThat(limits.remembered(Limit.SUBJECT_BYTES)).isZero();
  }

  /** At any moment no more has passed than the burst and what came since. */
  @Test
  void neverLetsMorePassThanTheBurstAndTheRate() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 40; round++) {
      Rate rate = new Rate(1 + random.nextInt(20), 1 + random.nextInt(50));
      Limits limits = limits(Enforcement.ENFORCE, rate);
      Instant began = clock.instant();
      long passed = 0;
      for (int i = 0; i < 1_000; i++) {
        Optional<Excess> excess = limits.take(Limit.SUBJECT, ALICE);
        passed += excess.isEmpty() ? 1 : 0;
        long millis = Duration.between(began, clock.instant()).toMillis();
        assertThat(passed)
            .as("seed %d round %d", seed, round)
            .isLessThanOrEqualTo(rate.burst() + rate.perSecond() * millis / 1000);
        if (excess.isPresent() && random.nextBoolean()) {
          // The clock has whole milliseconds.
          clock.move(Duration.ofMillis(excess.get().delay().plusNanos(999_999).toMillis()));
          assertThat(limits.take(Limit.SUBJECT, ALICE)).as("seed %d", seed).isEmpty();
          passed++;
        } else if (random.nextInt(5) == 0) {
          clock.move(Duration.ofMillis(random.nextInt(300)));
        }
      }
    }
  }

  @Test
  void countsWithoutErrorOnSeveralThreads() throws InterruptedException {
    Limits limits = limits(Enforcement.ENFORCE, new Rate(1, 10_000));
    AtomicInteger passed = new AtomicInteger();
    CountDownLatch done = new CountDownLatch(4);
    for (int thread = 0; thread < 4; thread++) {
      new Thread(
              () -> {
                for (int i = 0; i < 5_000; i++) {
                  if (limits.take(Limit.SUBJECT, ALICE).isEmpty()) {
                    passed.incrementAndGet();
                  }
                }
                done.countDown();
              })
          .start();
    }
    done.await();
    assertThat(passed).hasValue(10_000);
  }

  @Test
  void lendsBytesAndKeepsNewRequestsOutOnlyWhileMuchIsOwed() {
    Limits limits = limits(Enforcement.ENFORCE, new Rate(100, 1_000));
    Pace pace = limits.pace(() -> BOB, () -> ALICE).orElseThrow();
    pace.spend(1_000);
    assertThat(pace.waits()).isFalse();
    pace.spend(1_000);
    assertThat(pace.waits()).isTrue();
    assertThat(limits.deepInDebt(Limit.SUBJECT_BYTES, ALICE)).isEmpty();
    pace.spend(1);
    Excess excess = limits.deepInDebt(Limit.SUBJECT_BYTES, ALICE).orElseThrow();
    assertThat(excess.delay()).isEqualTo(Duration.ofMillis(10_010));
    assertThat(limits.deepInDebt(Limit.ADDRESS_BYTES, BOB)).isPresent();
    assertThat(limits.deepInDebt(Limit.ADDRESS_BYTES, ALICE)).isEmpty();
    clock.move(excess.delay());
    assertThat(limits.deepInDebt(Limit.SUBJECT_BYTES, ALICE)).isEmpty();
    assertThat(pace.waits()).isFalse();
  }

  @Test
  void slowsNothingDownWhereItOnlyReports() {
    Limits limits = limits(Enforcement.REPORT, new Rate(100, 1_000));
    Pace pace = limits.pace(() -> BOB, () -> ALICE).orElseThrow();
    pace.spend(1_000);
    assertThat(told).isEmpty();
    pace.spend(100_000);
    pace.spend(100_000);
    assertThat(pace.waits()).isFalse();
    assertThat(limits.deepInDebt(Limit.SUBJECT_BYTES, ALICE)).isEmpty();
    assertThat(told).containsExactlyInAnyOrder("subject-bytes report", "address-bytes report");
  }

  @Test
  void tellsOnceOfAStreamThatIsSlowedDown() {
    Pace pace =
        limits(Enforcement.ENFORCE, new Rate(100, 1_000))
            .pace(() -> BOB, () -> ALICE)
            .orElseThrow();
    pace.spend(1_001);
    pace.spend(1_001);
    assertThat(told).containsExactlyInAnyOrder("subject-bytes enforce", "address-bytes enforce");
  }

  private void takeAll(Limits limits, Limit limit, Party party, int count) {
    for (int i = 0; i < count; i++) {
      assertThat(limits.take(limit, party)).isEmpty();
    }
  }

  private Limits limits(Enforcement mode, Rate rate) {
    return new Limits(settings(mode, 10_000, rate), clock, this::tell);
  }

  private void tell(Limit limit, Enforcement mode) {
    told.add(limit.word() + " " + mode.word());
  }

  private static RateSettings settings(Enforcement mode, int remembered, Rate rate) {
    RateSettings.Traffic traffic = new RateSettings.Traffic(rate, rate);
    return new RateSettings(mode, remembered, traffic, traffic, rate, rate, rate);
  }
}
