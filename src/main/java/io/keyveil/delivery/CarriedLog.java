package io.keyveil.delivery;

import io.keyveil.audit.AuditLog;
import io.keyveil.audit.AuditRecord.Completion;
import io.keyveil.audit.AuditRecord.Ending;
import io.keyveil.link.Links;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the log in which an nginx in front says what it carried: records the completions of what
 * this instance decided, counts them for their links, and frees what they held.
 *
 * <p>Each line has all that is needed for that, so a restart of either process loses nothing. Lines
 * are read again after a crash, or when they could not be recorded; what was recorded of them is
 * left out then.
 */
public final class CarriedLog {
  /** How often the log is looked at. */
  public static final Duration INTERVAL = Duration.ofMillis(500);

  private static final Logger LOG = LoggerFactory.getLogger(CarriedLog.class);

  private final Vertx vertx;
  private final LogTail tail;
  private final Recorded earlier;
  private final AuditLog audit;
  private final Links links;
  private final Carriages carriages;
  private final InstantSource clock;
  private final Runnable alarm;

  /** What was recorded of lines that are not kept yet. */
  private final Set<String> recorded = ConcurrentHashMap.newKeySet();

  private Future<Boolean> reading = Future.succeededFuture(false);
  private boolean first = true;
  private long timer = -1;

  private CarriedLog(
      Vertx vertx,
      LogTail tail,
      Recorded earlier,
      AuditLog audit,
      Links links,
      Carriages carriages,
      InstantSource clock,
      Runnable alarm) {
    this.vertx = vertx;
    this.tail = tail;
    this.earlier = earlier;
    this.audit = audit;
    this.links = links;
    this.carriages = carriages;
    this.clock = clock;
    this.alarm = alarm;
  }

  /** A log that is not read yet; it is known by then how its lines name this instance. */
  public static final class Place {
    private final LogTail tail;
    private final Recorded earlier;

    private Place(LogTail tail, Recorded earlier) {
      this.tail = tail;
      this.earlier = earlier;
    }

    /**
     * Finds out how far it was read. Blocks.
     *
     * @param folder the audit log's, beside which that is kept
     * @throws UncheckedIOException if it cannot be read or written there
     */
    public static Place of(Path log, Path folder, SecureRandom random) {
      Path kept = folder.resolve("offload.position");
      try {
        return new Place(LogTail.open(log, kept, random), new Recorded(folder, kept));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    public String instance() {
      return tail.reader();
    }

    /**
     * Nothing is read yet.
     *
     * @param alarm what to do about lines that are none, and a log that cannot be read
     */
    public CarriedLog follow(
        Vertx vertx,
        AuditLog audit,
        Links links,
        Carriages carriages,
        InstantSource clock,
        Runnable alarm) {
      return new CarriedLog(vertx, tail, earlier, audit, links, carriages, clock, alarm);
    }
  }

  /** Begins to follow. */
  public void start(Duration interval) {
    timer = vertx.setPeriodic(0, interval.toMillis(), now -> look());
  }

  /**
   * Waits until nothing is carried any more, and reads what is there for the last time.
   *
   * @param longest how long to wait at most
   */
  public Future<Void> stop(Duration longest) {
    Promise<Void> over = Promise.promise();
    long late = vertx.setTimer(Math.max(1, longest.toMillis()), now -> over.tryComplete());
    long watch =
        vertx.setPeriodic(
            50,
            now -> {
              if (carriages.running() == 0) {
                over.tryComplete();
              }
            });
    return (carriages.running() == 0 ? Future.<Void>succeededFuture() : over.future())
        .onComplete(
            done -> {
              var unusedLate = vertx.cancelTimer(late);
              var unusedWatch = vertx.cancelTimer(watch);
              var unused = vertx.cancelTimer(timer);
            })
        .compose(done -> reading)
        .compose(done -> readAll());
  }

  private void look() {
    if (reading.isComplete()) {
      reading = round().compose(more -> carriages.expire().map(more)).otherwise(this::complain);
    }
  }

  private Future<Void> readAll() {
    return round()
        .otherwise(this::complain)
        .compose(more -> more ? readAll() : Future.succeededFuture());
  }

  private boolean complain(Throwable failure) {
    alarm.run();
    LOG.atError()
        .addKeyValue("reason", failure.getClass().getSimpleName())
        .log("the log of what nginx carried cannot be followed");
    return false;
  }

  /** Whether there were lines. */
  private Future<Boolean> round() {
    return vertx.executeBlocking(this::read).compose(this::record);
  }

  /** A part of the log, and what of it is on record from before this process. */
  private record Found(LogTail.Part part, List<CarriedLine> lines, Set<String> before) {}

  private Found read() throws IOException {
    LogTail.Part part = tail.next();
    List<CarriedLine> ours = new ArrayList<>();
    boolean broken = part.skipped();
    for (String line : part.lines()) {
      CarriedLine.Owner owner = CarriedLine.owner(line, tail.reader());
      if (owner == CarriedLine.Owner.OURS) {
        var parsed = CarriedLine.parse(line, clock.instant());
        parsed.ifPresent(ours::add);
        broken |= parsed.isEmpty();
      }
      broken |= owner == CarriedLine.Owner.NOBODY;
    }
    if (broken) {
      alarm.run();
      LOG.atError().log("the log of what nginx carried has lines that are none");
    }
    Set<String> before = new HashSet<>();
    if (first && !ours.isEmpty()) {
      before.addAll(earlier.among(events(ours)));
    }
    return new Found(part, ours, before);
  }

  private static Set<String> events(List<CarriedLine> lines) {
    Set<String> events = new HashSet<>();
    lines.forEach(line -> events.add(line.completion().event().text()));
    return events;
  }

  private Future<Boolean> record(Found found) {
    recorded.addAll(found.before());
    List<Future<Void>> written = found.lines().stream().map(this::record).toList();
    return Future.join(written).compose(done -> keep(found));
  }

  /** Counted first: while that fails, its window stays as it is, and the line is read again. */
  private Future<Void> record(CarriedLine line) {
    Completion completion = line.completion();
    String event = completion.event().text();
    return count(line)
        .compose(
            counted ->
                recorded.contains(event)
                    ? Future.succeededFuture()
                    : audit
                        .follow(carriages.told(completion))
                        .onSuccess(kept -> over(event, completion)));
  }

  private void over(String event, Completion completion) {
    if (completion.ending() == Ending.CORRUPT) {
      LOG.atError()
          .addKeyValue("request", completion.requestId())
          .addKeyValue("bytes", completion.sent())
          .log("nginx carried an object that is not what was registered");
    }
    if (recorded.add(event)) {
      carriages.ended(event, completion.ending(), completion.sent());
    }
  }

  private Future<Void> count(CarriedLine line) {
    long sent = line.completion().sent();
    return line.window()
        .filter(window -> sent > 0)
        .map(
            window ->
                links.given(
                    window.link(),
                    window.window(),
                    line.first(),
                    line.first() + sent - 1,
                    window.size()))
        .orElseGet(Future::succeededFuture);
  }

  private Future<Boolean> keep(Found found) {
    return vertx.executeBlocking(
        () -> {
          tail.keep(found.part());
          first &= found.lines().isEmpty();
          recorded.clear();
          return !found.part().lines().isEmpty();
        });
  }
}
