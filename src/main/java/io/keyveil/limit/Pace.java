package io.keyveil.limit;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** The byte limits that one stream is under. Used on one event loop alone. */
public final class Pace {
  private final Limits limits;
  private final Map<Limit, Party> parties;

  /** The limits that this stream was found over; each is told of once. */
  private final Set<Limit> told = EnumSet.noneOf(Limit.class);

  Pace(Limits limits, Map<Limit, Party> parties) {
    this.limits = limits;
    this.parties = new EnumMap<>(parties);
  }

  /** So many bytes were given. */
  public void spend(long bytes) {
    parties.forEach((limit, party) -> over(limit, limits.spend(limit, party, bytes)));
  }

  /** Whether the next bytes have to wait. */
  public boolean waits() {
    return parties.entrySet().stream()
        .anyMatch(entry -> limits.waits(entry.getKey(), entry.getValue()));
  }

  private void over(Limit limit, boolean over) {
    if (over && told.add(limit)) {
      limits.tell(limit);
    }
  }
}
