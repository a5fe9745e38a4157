package io.keyveil.audit;

import io.keyveil.audit.AuditRecord.Refusals;
import io.netty.util.NetUtil;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Counts refused credentials by reason and block of addresses, for one window at a time. There are
 * so many places for addresses; what finds none is counted by its reason alone.
 */
final class RefusalCount {
  private static final String OTHER = "other";
  private static final int NETWORK = 8;

  private final int most;
  private final InstantSource clock;
  private final Supplier<EventId> ids;
  private Map<Cause, Long> counts = new LinkedHashMap<>();
  private Instant since;

  /**
   * @param most how many reasons and blocks a window has room for
   */
  RefusalCount(int most, InstantSource clock, Supplier<EventId> ids) {
    this.most = most;
    this.clock = clock;
    this.ids = ids;
    this.since = clock.instant();
  }

  synchronized void count(String reason, int status, String address) {
    Cause cause = new Cause(reason, status, block(address));
    boolean known = counts.containsKey(cause) || counts.size() < most;
    long unused = counts.merge(known ? cause : new Cause(reason, status, OTHER), 1L, Long::sum);
  }

  /** The records of the window, which ends with this; the next one begins. */
  synchronized List<AuditRecord> end() {
    Instant now = clock.instant();
    List<AuditRecord> records = new ArrayList<>();
    counts.forEach(
        (cause, count) ->
            records.add(
                new Refusals(
                    ids.get(), now, since, cause.reason(), cause.status(), cause.block(), count)));
    counts = new LinkedHashMap<>();
    since = now;
    return records;
  }

  /** Counts once more what could not be written. */
  synchronized void again(List<AuditRecord> records) {
    for (AuditRecord record : records) {
      if (record instanceof Refusals lost) {
        Cause cause = new Cause(lost.reason(), lost.status(), lost.addressBlock());
        long unused = counts.merge(cause, lost.count(), Long::sum);
        since = lost.since().isBefore(since) ? lost.since() : since;
      }
    }
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
  private record Cause(String reason, int status, String block) {}
}
