package io.keyveil.access;

import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of one issuer as they change over time.
 *
 * <p>There are three reasons to read the set again: its time has come, the source says that it has
 * changed, or a token names a key that is not in it. Only the last is in a stranger's hand, so it
 * counts only when the last attempt is some time ago; and whatever the reason, there is never more
 * than one attempt under way, which all who wait share. A failed attempt changes nothing but the
 * time of the next: keys that were good stay good.
 */
final class IssuerKeys {
  /** How soon after an attempt an unknown key is worth the next one. */
  static final Duration FLOOR = Duration.ofSeconds(10);

  /** The same while there are no keys at all and every token waits for them. */
  static final Duration FLOOR_WITHOUT_KEYS = Duration.ofSeconds(1);

  private static final Logger log = LoggerFactory.getLogger(IssuerKeys.class);

  private final IssuerSettings issuer;
  private final KeySource source;
  private final Duration refreshEvery;
  private final InstantSource clock;

  private volatile @Nullable JwkSet current;
  private @Nullable Future<Void> underWay;
  private @Nullable Instant lastAttempt;
  private String problem = "not read yet";
  private String mark = "";

  IssuerKeys(IssuerSettings issuer, KeySource source, Duration refreshEvery, InstantSource clock) {
    this.issuer = issuer;
    this.source = source;
    this.refreshEvery = refreshEvery;
    this.clock = clock;
  }

  /** The keys that are good now, if there are any. */
  Optional<JwkSet> current() {
    return Optional.ofNullable(current);
  }

  /** Why there are no keys; nothing when there are. */
  synchronized Optional<String> unready() {
    return current == null ? Optional.of(problem) : Optional.empty();
  }

  /**
   * The keys, after one attempt to read them anew if the wanted one is not among them.
   *
   * @return the keys, with the wanted one or without; fails with {@link KeysUnavailableException}
   *     when there are none
   */
  Future<JwkSet> having(Optional<String> kid) {
    JwkSet now = current;
    if (now != null && kid.map(now::knows).orElse(true)) {
      return Future.succeededFuture(now);
    }
    return onCaller(attemptUnlessRecent()).compose(attempted -> orUnavailable());
  }

  /** Looks whether there is a reason to read the set again. Called every few seconds. */
  Future<Void> tick() {
    if (isAgo(hasProblem() ? FLOOR : refreshEvery)) {
      return attempt();
    }
    return source
        .mark()
        .compose(seen -> isNews(seen) ? attempt() : Future.<Void>succeededFuture())
        .otherwiseEmpty();
  }

  /** Reads the set, or joins the attempt that is under way. Never fails. */
  Future<Void> attempt() {
    Promise<Void> mine = Promise.promise();
    synchronized (this) {
      if (underWay != null) {
        return underWay;
      }
      underWay = mine.future();
      lastAttempt = clock.instant();
    }
    read()
        .onComplete(
            result -> {
              end(result);
              mine.complete();
            });
    return mine.future();
  }

  /** The mark comes first: what changes between the two reads is then seen as news. */
  private Future<JwkSet> read() {
    return source
        .mark()
        .otherwise("")
        .compose(
            seen -> {
              note(seen);
              return source.read();
            })
        .map(document -> JwkSet.parse(document.getBytes(), issuer.algorithms()));
  }

  private synchronized void note(String seen) {
    mark = seen;
  }

  private synchronized void end(AsyncResult<JwkSet> result) {
    underWay = null;
    if (result.succeeded()) {
      replace(result.result());
    } else {
      keep(Optional.ofNullable(result.cause().getMessage()).orElse("no reason given"));
    }
  }

  private void replace(JwkSet set) {
    problem = "";
    if (current().filter(set::equals).isEmpty()) {
      current = set;
      log.atInfo()
          .addKeyValue("issuer", issuer.issuer())
          .addKeyValue("keys", set.size())
          .log("issuer keys read");
    }
  }

  private void keep(String why) {
    if (!why.equals(problem)) {
      problem = why;
      log.atWarn()
          .addKeyValue("issuer", issuer.issuer())
          .addKeyValue("reason", why)
          .addKeyValue("kept", current().map(JwkSet::size).orElse(0))
          .log("issuer keys not read");
    }
  }

  private Future<Void> attemptUnlessRecent() {
    synchronized (this) {
      if (underWay != null) {
        return underWay;
      }
    }
    return isAgo(current == null ? FLOOR_WITHOUT_KEYS : FLOOR)
        ? attempt()
        : Future.succeededFuture();
  }

  /** Whether the last attempt is that long ago; a clock that was set back counts as long. */
  private synchronized boolean isAgo(Duration least) {
    if (lastAttempt == null) {
      return true;
    }
    Duration ago = Duration.between(lastAttempt, clock.instant());
    return ago.isNegative() || ago.compareTo(least) >= 0;
  }

  private synchronized boolean hasProblem() {
    return !problem.isEmpty();
  }

  private synchronized boolean isNews(String seen) {
    return !seen.equals(mark);
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
