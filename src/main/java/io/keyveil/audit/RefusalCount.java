package io.keyveil.audit;

import io.keyveil.audit.AuditRecord.Refusals;
import io.netty.util.NetUtil;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Counts refusals for one window at a time: those of strangers by reason and block of addresses,
 * those of somebody whose token holds by reason and subject. There are so many places for either,
 * so that neither can push the other out; what finds none is counted by its reason alone.
 */
final class RefusalCount {
  private static final String OTHER = "other";
  private static final int NETWORK = 8;

  private final int most;
  private final InstantSource clock;
  private final Supplier<EventId> ids;
  private Map<Cause, Tally> strangers = new LinkedHashMap<>();
  private Map<Cause, Tally> subjects = new LinkedHashMap<>();
  private Instant since;

  /**
   * @param most how many reasons and blocks, or subjects, a window has room for
   */
  RefusalCount(int most, InstantSource clock, Supplier<EventId> ids) {
    this.most = most;
    this.clock = clock;
    this.ids = ids;
    this.since = clock.instant();
  }

  synchronized void count(String reason, int status, String address, Optional<Actor> actor) {
    // One subject's requests may carry several tokens.
    Optional<Actor> who =
        actor.map(it -> new Actor(it.issuer(), it.subject(), it.client(), Optional.empty()));
    add(reason, status, who, block(address), 1);
  }

  /** The records of the window, which ends with this; the next one begins. */
  synchronized List<AuditRecord> end() {
    Instant now = clock.instant();
    List<AuditRecord> records = new ArrayList<>();
    strangers.forEach((cause, tally) -> records.add(record(now, cause, tally)));
    subjects.forEach((cause, tally) -> records.add(record(now, cause, tally)));
    strangers = new LinkedHashMap<>();
    subjects = new LinkedHashMap<>();
    since = now;
    return records;
  }

  /** Counts once more what could not be written. */
  synchronized void again(List<AuditRecord> records) {
    for (AuditRecord record : records) {
      if (record instanceof Refusals lost) {
        add(lost.reason(), lost.status(), lost.actor(), lost.addressBlock(), lost.count());
        since = lost.since().isBefore(since) ? lost.since() : since;
      }
    }
  }

  /** A subject that comes from several addresses takes one place all the same. */
  private void add(String reason, int status, Optional<Actor> actor, String block, long count) {
    Map<Cause, Tally> counts = actor.isPresent() ? subjects : strangers;
    Cause cause = new Cause(reason, status, actor, actor.isPresent() ? "" : block);
    if (counts.containsKey(cause) || counts.size() < most) {
      add(counts, cause, block, count);
    } else {
      add(strangers, new Cause(reason, status, Optional.empty(), OTHER), OTHER, count);
    }
  }

  private static void add(Map<Cause, Tally> counts, Cause cause, String block, long count) {
    Tally unused =
        counts.merge(
            cause,
            new Tally(block, count),
            (one, other) ->
                new Tally(one.block().equals(block) ? block : OTHER, one.count() + other.count()));
  }

  private Refusals record(Instant now, Cause cause, Tally tally) {
    return new Refusals(
        ids.get(),
        now,
        since,
        cause.actor(),
        cause.reason(),
        cause.status(),
        tally.block(),
        tally.count());
  }

  /** Whoever has an IPv6 address has all of its /64 (RFC 6177). */
  private static String block(String address) {
    if (address.indexOf(':') < 0) {
      return address;
    }
    byte[] octets = NetUtil.createByteArrayFromIpAddressString(address);
    if (octets == null) {
      return OTHER;
    }
    java.util.Arrays.fill(octets, NETWORK, octets.length, (byte) 0);
    return NetUtil.bytesToIpAddress(octets) + "/64";
  }

  /** What is counted together. */
  private record Cause(String reason, int status, Optional<Actor> actor, String block) {}

  /** How many there were, and from where. */
  private record Tally(String block, long count) {}
}
