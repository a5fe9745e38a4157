package io.keyveil.limit;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells of what is over a limit: each time to whoever counts, at most once a minute to the log. */
final class Overruns {
  private static final Logger LOG = LoggerFactory.getLogger(Overruns.class);
  private static final long PAUSE = Duration.ofMinutes(1).toNanos();

  private final Map<Limit, Tally> tallies;
  private final Enforcement mode;
  private final SteadyTime time;
  private final LimitEvents events;

  Overruns(Enforcement mode, SteadyTime time, LimitEvents events) {
    this.mode = mode;
    this.time = time;
    this.events = events;
    this.tallies =
        Stream.of(Limit.values())
            .collect(Collectors.toUnmodifiableMap(Function.identity(), Tally::new));
  }

  void note(Limit limit) {
    events.exceeded(limit, mode);
    Tally tally = tallies.get(limit);
    if (tally != null) {
      tally.note();
    }
  }

  /** How often it was since the log last heard of it. */
  private final class Tally {
    private final AtomicLong untold = new AtomicLong();
    private final AtomicLong next = new AtomicLong(time.currentTimeNanos());
    private final Limit limit;

    Tally(Limit limit) {
      this.limit = limit;
    }

    void note() {
      untold.incrementAndGet();
      long now = time.currentTimeNanos();
      long due = next.get();
      if (now >= due && next.compareAndSet(due, now + PAUSE)) {
        LOG.atWarn()
            .addKeyValue("limit", limit.word())
            .addKeyValue("mode", mode.word())
            .addKeyValue("times", untold.getAndSet(0))
            .log("over a rate limit");
      }
    }
  }
}
