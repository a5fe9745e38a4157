package io.keyveil.limit;

import io.keyveil.access.Rejection;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * All rate limits of the gateway.
 *
 * <p>Requests are refused when their bucket is empty. Bytes are owed instead: a stream that has
 * sent more than there was is paused until that is paid back, and only while much is owed are new
 * requests refused. Shared by all event loops.
 */
public final class Limits {
  /** Owing more than comes in this time keeps new requests out. */
  private static final Duration DEEP = Duration.ofSeconds(10);

  private final Map<Limit, Buckets> buckets = new EnumMap<>(Limit.class);
  private final boolean enforced;
  private final Overruns overruns;

  public Limits(RateSettings settings, InstantSource clock, LimitEvents events) {
    SteadyTime time = new SteadyTime(clock);
    this.enforced = settings.mode() == Enforcement.ENFORCE;
    this.overruns = new Overruns(settings.mode(), time, events);
    for (Limit limit : Limit.values()) {
      Rate rate = settings.rate(limit);
      if (rate.limits()) {
        buckets.put(limit, new Buckets(rate, limit.countsBytes(), settings.remembered(), time));
      }
    }
  }

  /** Whether there is such a limit, and so a reason to find out who asks. */
  public boolean has(Limit limit) {
    return buckets.containsKey(limit);
  }

  /** Counts one request; the excess if it has to be refused. */
  public Optional<Excess> take(Limit limit, Party party) {
    Buckets its = buckets.get(limit);
    return its == null || its.take(party)
        ? Optional.empty()
        : refusal(limit, () -> new Excess(limit, its.rate(), its.untilOne(party)));
  }

  /**
   * Counts a credential that did not hold; the excess if that is all its sender may hear. A token
   * that merely expired is none: it is no guess, and its holder has to learn of it.
   */
  public Optional<Excess> failed(Party address, Rejection reason) {
    return reason == Rejection.EXPIRED ? Optional.empty() : take(Limit.FAILURES, address);
  }

  /** The excess if so much is owed that nothing new may begin. */
  public Optional<Excess> deepInDebt(Limit limit, Party party) {
    Buckets its = buckets.get(limit);
    if (its == null) {
      return Optional.empty();
    }
    Duration wait = its.owed(party);
    return wait.compareTo(DEEP) <= 0
        ? Optional.empty()
        : refusal(limit, () -> new Excess(limit, its.rate(), wait));
  }

  /** The pace of a stream to this subject at this address; empty if it is under no limit. */
  public Optional<Pace> pace(Supplier<Party> address, Supplier<Party> subject) {
    if (!has(Limit.ADDRESS_BYTES) && !has(Limit.SUBJECT_BYTES)) {
      return Optional.empty();
    }
    Map<Limit, Party> parties = new EnumMap<>(Limit.class);
    if (has(Limit.ADDRESS_BYTES)) {
      parties.put(Limit.ADDRESS_BYTES, address.get());
    }
    if (has(Limit.SUBJECT_BYTES)) {
      parties.put(Limit.SUBJECT_BYTES, subject.get());
    }
    return Optional.of(new Pace(this, parties));
  }

  /**
   * The least that any limit on bytes lets through in a second, for a stream that others slow down;
   * empty if none is enforced.
   */
  public OptionalLong bytesPerSecond() {
    return enforced
        ? buckets.entrySet().stream()
            .filter(entry -> entry.getKey().countsBytes())
            .mapToLong(entry -> entry.getValue().rate().perSecond())
            .min()
        : OptionalLong.empty();
  }

  /** Counts bytes that were given; whether they were over the limit. */
  boolean spend(Limit limit, Party party, long bytes) {
    Buckets its = buckets.get(limit);
    if (its == null) {
      return false;
    }
    if (!enforced) {
      return !its.spendWhatIsThere(party, bytes);
    }
    its.spend(party, bytes);
    return its.owes(party);
  }

  /** Whether a stream has to wait for what is owed. */
  boolean waits(Limit limit, Party party) {
    Buckets its = buckets.get(limit);
    return enforced && its != null && its.owes(party);
  }

  void tell(Limit limit) {
    overruns.note(limit);
  }

  /** How many parties one limit remembers. */
  long remembered(Limit limit) {
    Buckets its = buckets.get(limit);
    return its == null ? 0 : its.size();
  }

  private Optional<Excess> refusal(Limit limit, Supplier<Excess> excess) {
    overruns.note(limit);
    return enforced ? Optional.of(excess.get()) : Optional.empty();
  }
}
