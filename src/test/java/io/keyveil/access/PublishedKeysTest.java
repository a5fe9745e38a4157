package io.keyveil.access;

import static io.keyveil.access.JwtVerifierTest.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PublishedKeysTest {
  private static final Duration MAX_AGE = Duration.ofHours(24);
  private static final Forge FORGE = new Forge();
  private static final String OLD = set(Forge.rsaJwk("old", FORGE.rsa));
  private static final String NEW =
      set(Forge.rsaJwk("old", FORGE.rsa) + "," + Forge.ecJwk("new", FORGE.ec));

  private final SteerableClock clock = new SteerableClock(Forge.NOW);
  private final FakeKeySource source = new FakeKeySource();
  private final PublishedKeys keys =
      new PublishedKeys(
          IssuerSettings.of(Forge.ISSUER, "keyveil", "file:x", IssuerSettings.DEFAULT_ALGORITHMS),
          source,
          Duration.ofMinutes(5),
          MAX_AGE,
          clock);

  @Test
  void picksUpANewKeyWhenATokenNamesIt() {
    source.answer(OLD);
    await(keys.attempt());
    source.answer(NEW);
    clock.move(PublishedKeys.FLOOR);
    assertThat(await(keys.having(Optional.of("new"))).knows("new")).isTrue();
    assertThat(source.reads).isEqualTo(2);
  }

  @Test
  void readsAtMostTwiceForAThousandUnknownKids() {
    source.answer(OLD);
    await(keys.attempt());
    clock.move(PublishedKeys.FLOOR);
    IntStream.range(0, 1000)
        .forEach(
            i -> assertThat(await(keys.having(Optional.of("k" + i))).knows("k" + i)).isFalse());
    assertThat(source.reads).isEqualTo(2);
  }

  @Test
  void leavesTheFloorBetweenTwoAttempts() {
    source.answer(OLD);
    await(keys.attempt());
    clock.move(PublishedKeys.FLOOR.minusMillis(1));
    assertThat(await(keys.having(Optional.of("new"))).knows("new")).isFalse();
    assertThat(source.reads).isEqualTo(1);
    clock.move(Duration.ofMillis(1));
    assertThat(await(keys.having(Optional.of("new"))).knows("new")).isFalse();
    assertThat(source.reads).isEqualTo(2);
  }

  @Test
  void sharesOneAttemptAmongAllWhoWait() {
    Promise<Buffer> slow = Promise.promise();
    source.answer(slow.future());
    var first = keys.having(Optional.of("old"));
    var second = keys.having(Optional.of("old"));
    clock.move(Duration.ofHours(1));
    Future<Void> third = keys.tick();
    assertThat(source.reads).isEqualTo(1);
    slow.complete(Buffer.buffer(OLD));
    assertThat(await(first)).isSameAs(await(second));
    await(third);
    assertThat(source.reads).isEqualTo(1);
  }

  @Test
  void keepsTheLastGoodSet() {
    source.answer(OLD);
    await(keys.attempt());
    for (String broken : new String[] {"", "{}", "{\"keys\":[]}", "[", set("{\"kty\":\"oct\"}")}) {
      source.answer(broken);
      await(keys.attempt());
      assertThat(await(keys.having(Optional.of("old"))).knows("old")).isTrue();
      assertThat(keys.unready()).isEmpty();
    }
    source.answer(Future.failedFuture("down"));
    await(keys.attempt());
    assertThat(await(keys.having(Optional.empty())).knows("old")).isTrue();
  }

  @Test
  void failsWithoutKeysAndRecovers() {
    source.answer(Future.failedFuture("down"));
    await(keys.attempt());
    assertThat(keys.unready()).contains("down");
    assertThatThrownBy(() -> await(keys.having(Optional.of("old"))))
        .isInstanceOf(KeysUnavailableException.class)
        .hasMessage("no keys of issuer https://idp.example.org/: down");
    assertThat(source.reads).isEqualTo(1);
    source.answer(OLD);
    clock.move(PublishedKeys.FLOOR_WITHOUT_KEYS);
    assertThat(await(keys.having(Optional.of("old"))).knows("old")).isTrue();
    assertThat(keys.unready()).isEmpty();
  }

  @Test
  void survivesASourceThatThrows() {
    PublishedKeys thrown =
        new PublishedKeys(
            IssuerSettings.of(Forge.ISSUER, "keyveil", "file:x", IssuerSettings.DEFAULT_ALGORITHMS),
            new ThrowingKeySource(),
            Duration.ofMinutes(5),
            MAX_AGE,
            clock);
    await(thrown.attempt());
    assertThat(thrown.unready()).contains("thrown");
    clock.move(Duration.ofHours(1));
    await(thrown.tick());
  }

  @Test
  void refreshesWhenItsTimeHasCome() {
    source.answer(OLD);
    await(keys.attempt());
    clock.move(Duration.ofMinutes(5).minusMillis(1));
    await(keys.tick());
    assertThat(source.reads).isEqualTo(1);
    clock.move(Duration.ofMillis(1));
    await(keys.tick());
    assertThat(source.reads).isEqualTo(2);
  }

  @Test
  void triesAgainSoonerAfterAFailure() {
    source.answer(OLD);
    await(keys.attempt());
    source.answer("broken");
    await(keys.attempt());
    clock.move(PublishedKeys.FLOOR);
    source.answer(NEW);
    await(keys.tick());
    assertThat(await(keys.having(Optional.empty())).knows("new")).isTrue();
  }

  @Test
  void refreshesWhenTheSourceSaysThatItChanged() {
    source.answer(OLD);
    await(keys.attempt());
    await(keys.tick());
    assertThat(source.reads).isEqualTo(1);
    source.mark = "changed";
    source.answer(NEW);
    await(keys.tick());
    assertThat(await(keys.having(Optional.empty())).knows("new")).isTrue();
    await(keys.tick());
    assertThat(source.reads).isEqualTo(2);
  }

  @Test
  void toleratesAClockThatWasSetBack() {
    source.answer(OLD);
    await(keys.attempt());
    clock.move(Duration.ofDays(-1));
    source.answer(NEW);
    assertThat(await(keys.having(Optional.of("new"))).knows("new")).isTrue();
  }

  @Test
  void looksForAnAbsentKeyOnceAMinute() {
    source.answer(OLD);
    await(keys.attempt());
    clock.move(PublishedKeys.FLOOR);
    assertThat(await(keys.having(Optional.of("new"))).knows("new")).isFalse();
    assertThat(source.reads).isEqualTo(2);
    source.answer(NEW);
    clock.move(PublishedKeys.ABSENT_FOR.minusMillis(1));
    assertThat(await(keys.having(Optional.of("new"))).knows("new")).isFalse();
    assertThat(source.reads).isEqualTo(2);
    clock.move(Duration.ofMillis(1));
    assertThat(await(keys.having(Optional.of("new"))).knows("new")).isTrue();
  }

  @Test
  void forgetsAbsencesWithTheSet() {
    source.answer(OLD);
    await(keys.attempt());
    clock.move(PublishedKeys.FLOOR);
    assertThat(await(keys.having(Optional.of("new"))).knows("new")).isFalse();
    source.answer(NEW);
    await(keys.attempt());
    assertThat(await(keys.having(Optional.of("new"))).knows("new")).isTrue();
    source.answer(OLD);
    await(keys.attempt());
    clock.move(PublishedKeys.FLOOR);
    source.answer(NEW);
    assertThat(await(keys.having(Optional.of("new"))).knows("new")).isTrue();
  }

  @Test
  void givesUpKeysThatCannotBeReadForTooLong() {
    source.answer(OLD);
    await(keys.attempt());
    source.answer(Future.failedFuture("down"));
    clock.move(MAX_AGE.minusMillis(1));
    await(keys.attempt());
    assertThat(await(keys.having(Optional.of("old"))).knows("old")).isTrue();
    clock.move(Duration.ofMillis(1));
    assertThat(keys.current()).isEmpty();
    assertThat(keys.unready()).contains("down");
    assertThatThrownBy(() -> await(keys.having(Optional.of("old"))))
        .isInstanceOf(KeysUnavailableException.class);
  }

  @Test
  void hasNoKeysOnceClosedNotEvenThoseUnderWay() {
    Promise<Buffer> slow = Promise.promise();
    source.answer(OLD);
    await(keys.attempt());
    source.answer(slow.future());
    Future<Void> underWay = keys.attempt();
    keys.close();
    slow.complete(Buffer.buffer(NEW));
    await(underWay);
    assertThat(keys.current()).isEmpty();
    await(keys.attempt());
    assertThat(keys.unready()).contains("closed");
    assertThat(source.reads).isEqualTo(2);
  }

  private static String set(String keys) {
    return "{\"keys\":[" + keys + "]}";
  }

  /** Gives the answer it was told last, and counts. */
  private static final class FakeKeySource implements KeySource {
    private Future<Buffer> answer = Future.failedFuture("no answer yet");
    private String mark = "first";
    private int reads;

    void answer(String set) {
      answer(Future.succeededFuture(Buffer.buffer(set)));
    }

    void answer(Future<Buffer> next) {
      answer = next;
    }

    @Override
    public Future<Buffer> read() {
      reads++;
      return answer;
    }

    @Override
    public Future<String> mark() {
      return Future.succeededFuture(mark);
    }
  }

  /** Breaks the rule that a method which returns a Future never throws. */
  private static final class ThrowingKeySource implements KeySource {
    @Override
    public Future<Buffer> read() {
      throw new IllegalStateException("thrown");
    }

    @Override
    public Future<String> mark() {
      return Future.failedFuture("no mark");
    }
  }
}
