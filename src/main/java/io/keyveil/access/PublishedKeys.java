package io.keyveil.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that one issuer publishes, as they change over time.
 *
 * <p>There are three reasons to read the set again: its time has come, the source says that it has
 * changed, or a token names a key that is not in it. Only the last is in a stranger's hand, so it
 * counts only when the last attempt is some time ago and did not look for that very key; and
 * whatever the reason, there is never more than one attempt under way, which all who wait share. A
 * failed attempt changes nothing but the time of the next: keys that were good stay good, until
 * they are too old.
 */
final class PublishedKeys implements IssuerKeys {
  /** How soon after an attempt an unknown key is worth the next one. */
  static final Duration FLOOR = Duration.ofSeconds(10);

  /** The same while there are no keys at all and every token waits for them. */
  static final Duration FLOOR_WITHOUT_KEYS = Duration.ofSeconds(1);

  /** How long a key that was looked for in vain is not looked for again. */
  static final Duration ABSENT_FOR = Duration.ofMinutes(1);

  private static final int ABSENT_REMEMBERED = 1000;

  private static final Logger log = LoggerFactory.getLogger(PublishedKeys.class);

  private final IssuerSettings issuer;
  private final KeySource source;
  private final Duration refreshEvery;
  private final Duration maxAge;
  private final InstantSource clock;
  private final Cache<String, Instant> absent =
      Caffeine.newBuilder().maximumSize(ABSENT_REMEMBERED).executor(Runnable::run).build();

  private volatile KeyState state = new KeyState.Empty("not read yet", Optional.empty());
  private volatile String mark = "";
  private volatile BiConsumer<String, Integer> news = (name, keys) -> {};
  private boolean everRead;

  PublishedKeys(
      IssuerSettings issuer,
      KeySource source,
      Duration refreshEvery,
      Duration maxAge,
      InstantSource clock) {
    this.issuer = issuer;
    this.source = source;
    this.refreshEvery = refreshEvery;
    this.maxAge = maxAge;
    this.clock = clock;
  }

  @Override
  public Optional<JwkSet> current() {
    return state.keys(clock.instant(), maxAge);
  }

  @Override
  public Optional<String> unready() {
    return current().isPresent()
        ? Optional.empty()
        : Optional.of(state.problem().orElse("not read for " + maxAge.toSeconds() + " seconds"));
  }

  @Override
  public Future<JwkSet> having(Optional<String> kid) {
    Optional<JwkSet> now = current();
    return now.filter(set -> kid.map(name -> set.knows(name) || isAbsent(name)).orElse(true))
        .map(Future::succeededFuture)
        .orElseGet(() -> onCaller(search(kid)).compose(attempted -> orUnavailable()));
  }

  @Override
  public Future<Void> tick() {
    if (isAgo(state.problem().isPresent() ? FLOOR : refreshEvery)) {
      return attempt();
    }
    return source
        .mark()
        .compose(seen -> seen.equals(mark) ? Future.<Void>succeededFuture() : attempt())
        .otherwiseEmpty();
  }

  @Override
  public Future<Void> attempt() {
    Promise<Void> mine = Promise.promise();
    synchronized (this) {
      Optional<Future<Void>> others = state.underWay();
      if (others.isPresent()) {
        return others.get();
      }
      state = state.refreshing(mine.future(), clock.instant());
      if (state.underWay().isEmpty()) {
        return Future.succeededFuture();
      }
    }
    read()
        .onComplete(
            result -> {
              end(result);
              mine.complete();
            });
    return mine.future();
  }

  @Override
  public void onNews(BiConsumer<String, Integer> reader) {
    news = reader;
  }

  @Override
  public synchronized void close() {
    state = state.closed();
  }

  /** The mark comes first: what changes between the two reads is then seen as news. */
  private Future<JwkSet> read() {
    return source
        .mark()
        .otherwise("")
        .compose(
            seen -> {
              mark = seen;
              return source.read();
            })
        .map(document -> JwkSet.parse(document.getBytes(), issuer.algorithms()));
  }

  private synchronized void end(AsyncResult<JwkSet> result) {
    KeyState before = state;
    if (result.succeeded()) {
      state = before.read(result.result(), clock.instant());
      tellOfNews(before);
    } else {
      state = before.failed(Optional.ofNullable(result.cause().getMessage()).orElse("no reason"));
      tellOfTrouble(before);
    }
  }

  private void tellOfNews(KeyState before) {
    Optional<JwkSet> known = before.keys(clock.instant(), maxAge);
    Optional<JwkSet> now = current();
    if (!known.equals(now)) {
      absent.invalidateAll();
      // The first set of all is part of the start.
      if (everRead) {
        news.accept(issuer.issuer(), now.map(JwkSet::size).orElse(0));
      }
      everRead = true;
      log.atInfo()
          .addKeyValue("issuer", issuer.issuer())
          .addKeyValue("keys", now.map(JwkSet::size).orElse(0))
          .log("issuer keys read");
    }
  }

  private void tellOfTrouble(KeyState before) {
    if (!before.problem().equals(state.problem())) {
      log.atWarn()
          .addKeyValue("issuer", issuer.issuer())
          .addKeyValue("reason", state.problem().orElse(""))
          .addKeyValue("kept", current().map(JwkSet::size).orElse(0))
          .log("issuer keys not read");
    }
  }

  /** Reads the set for a key's sake, if that may help; a key that is not in it is remembered. */
  private Future<Void> search(Optional<String> kid) {
    Optional<Future<Void>> others = state.underWay();
    boolean worthIt = isAgo(current().isPresent() ? FLOOR : FLOOR_WITHOUT_KEYS);
    if (others.isEmpty() && !worthIt) {
      return Future.succeededFuture();
    }
    return others.orElseGet(this::attempt).onSuccess(done -> kid.ifPresent(this::noteIfAbsent));
  }

  private void noteIfAbsent(String kid) {
    if (current().filter(set -> !set.knows(kid)).isPresent()) {
      absent.put(kid, clock.instant());
    }
  }

  private boolean isAbsent(String kid) {
    Instant since = absent.getIfPresent(kid);
    return since != null && clock.instant().isBefore(since.plus(ABSENT_FOR));
  }

  /** Whether the last attempt is that long ago; a clock that was set back counts as long. */
  private boolean isAgo(Duration least) {
    return state
        .lastAttempt()
        .map(last -> Duration.between(last, clock.instant()))
        .map(ago -> ago.isNegative() || ago.compareTo(least) >= 0)
        .orElse(true);
  }

  private Future<JwkSet> orUnavailable() {
    return current()
        .map(Future::succeededFuture)
        .orElseGet(
            () ->
                Future.failedFuture(
                    new KeysUnavailableException(issuer.issuer(), unready().orElse("just lost"))));
  }

  /** Whoever waits goes on in its own context, not in that of whoever asked first. */
  private static Future<Void> onCaller(Future<Void> attempt) {
    Context caller = Vertx.currentContext();
    if (caller == null || attempt.isComplete()) {
      return attempt;
    }
    Promise<Void> here = Promise.promise();
    attempt.onComplete(done -> caller.runOnContext(resumed -> here.complete()));
    return here.future();
  }
}
