package io.keyveil.delivery;

import io.keyveil.audit.AuditRecord.Completion;
import io.keyveil.audit.AuditRecord.Ending;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The downloads that the nginx in front carries for this instance now. Each holds its slot, and
 * keeps the window open that it counts in, until nginx's log tells its end, or for the longest that
 * one may take. Shared by all event loops.
 */
public final class Carriages {
  private final ConcurrentMap<String, Carriage> running = new ConcurrentHashMap<>();
  private final String instance;
  private final Duration longest;
  private final InstantSource clock;
  private final Events events;

  /** Who counts them. */
  public interface Events {
    void began();

    void ended(Ending ending, long bytes);
  }

  /**
   * None yet.
   *
   * @param instance by what name nginx's log tells which instance has decided
   * @param longest how long one may take
   */
  public Carriages(String instance, Duration longest, InstantSource clock, Events events) {
    this.instance = instance;
    this.longest = longest;
    this.clock = clock;
    this.events = events;
  }

  public String instance() {
    return instance;
  }

  /** How many there are. */
  public int running() {
    return running.size();
  }

  /** When one that begins now counts as ended. */
  Instant end() {
    return clock.instant().plus(longest);
  }

  /** One is about to be handed over. */
  void begin(Carriage carriage) {
    running.put(carriage.download().event(), carriage);
    carriage.watch().interval().begin();
    events.began();
  }

  /**
   * nginx tells the end of one; also of one that an earlier process of this instance decided about,
   * or that counts as ended.
   */
  void ended(String event, Ending ending, long bytes) {
    if (take(event).isEmpty()) {
      events.began();
    }
    events.ended(ending, bytes);
  }

  /**
   * What nginx tells of the end of one, with who is given what; an earlier process took that along,
   * and then the event's ID leads to it.
   */
  Completion told(Completion end) {
    return Optional.ofNullable(running.get(end.event().text()))
        .map(carriage -> carriage.download().told(end))
        .orElse(end);
  }

  /** nginx never heard of one, or not in time. */
  Future<Void> lost(String event, Ending ending) {
    return take(event)
        .map(
            carriage -> {
              events.ended(ending, 0);
              return carriage.download().ended(new TransferEnd(ending, 0));
            })
        .orElseGet(Future::succeededFuture);
  }

  /** Ends those that have taken longer than any may: nginx will have died on them. */
  Future<Void> expire() {
    Instant now = clock.instant();
    List<String> late =
        running.values().stream()
            .filter(carriage -> carriage.until().isBefore(now))
            .map(carriage -> carriage.download().event())
            .toList();
    return Future.join(late.stream().map(this::expire).toList()).mapEmpty();
  }

  private Future<Void> expire(String event) {
    return lost(event, Ending.UNKNOWN_AFTER_CRASH);
  }

  private Optional<Carriage> take(String event) {
    Optional<Carriage> taken = Optional.ofNullable(running.remove(event));
    taken.ifPresent(
        carriage -> {
          carriage.slot().giveBack();
          carriage.watch().interval().end();
        });
    return taken;
  }
}
