package io.keyveil.http;

import io.keyveil.ops.Meters;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes up a certificate and key that were replaced. They are read every few seconds, and taken
 * when two looks in a row found the same: whoever writes one file after the other passes through
 * pairs that do not match. What is bad is refused once, with an alarm, and the old pair goes on.
 */
public final class TlsWatch {
  /** How often the files are looked at. */
  public static final Duration INTERVAL = Duration.ofSeconds(2);

  private static final Logger LOG = LoggerFactory.getLogger(TlsWatch.class);

  private final Vertx vertx;
  private final TlsFiles files;
  private final Meters meters;
  private final InstantSource clock;
  private final Function<TlsPair, Future<Void>> use;
  private volatile TlsPair current;
  private Optional<TlsText> judged;
  private Optional<TlsText> lastLook;
  private long timer = -1;
  private boolean looking;

  /**
   * @param current the pair in use
   * @param use takes another pair into use
   */
  public TlsWatch(
      Vertx vertx,
      TlsFiles files,
      TlsPair current,
      Meters meters,
      InstantSource clock,
      Function<TlsPair, Future<Void>> use) {
    this.vertx = vertx;
    this.files = files;
    this.current = current;
    this.meters = meters;
    this.clock = clock;
    this.use = use;
    this.judged = Optional.of(current.text());
    this.lastLook = judged;
  }

  /** Begins to look. */
  public void start(Duration interval) {
    timer = vertx.setPeriodic(interval.toMillis(), now -> look());
  }

  public void stop() {
    if (timer >= 0) {
      vertx.cancelTimer(timer);
    }
  }

  /** When the certificate in use ends. */
  public Instant end() {
    return current.certificate().getNotAfter().toInstant();
  }

  private void look() {
    if (looking) {
      return;
    }
    looking = true;
    vertx
        .executeBlocking(this::settled)
        .compose(pair -> pair == null ? Future.succeededFuture() : take(pair))
        .onFailure(this::refuse)
        .onComplete(done -> looking = false);
  }

  /** The pair that has come to stay since it was last judged, or null; blocking. */
  private @Nullable TlsPair settled() {
    Optional<TlsText> found = read();
    boolean stays = found.equals(lastLook);
    lastLook = found;
    if (!stays || found.equals(judged)) {
      return null;
    }
    judged = found;
    TlsPair pair = TlsPair.load(vertx, files, found.orElseGet(() -> TlsText.read(files)));
    pair.requireValid(clock.instant(), files);
    return pair;
  }

  private Optional<TlsText> read() {
    try {
      return Optional.of(TlsText.read(files));
    } catch (InvalidTlsException e) {
      return Optional.empty();
    }
  }

  private Future<Void> take(TlsPair pair) {
    return use.apply(pair)
        .onSuccess(
            taken -> {
              current = pair;
              LOG.atInfo().addKeyValue("ends", end()).log("another certificate is in use");
            });
  }

  private void refuse(Throwable failure) {
    meters.alarm("certificate-refused");
    LOG.atError()
        .addKeyValue("reason", failure.getMessage())
        .log("the new certificate is refused; the old one stays in use");
  }
}
