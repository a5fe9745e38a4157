package io.keyveil.delivery;

import io.keyveil.access.Rejection;
import io.keyveil.limit.Excess;
import io.keyveil.limit.Limit;
import io.keyveil.limit.Limits;
import io.keyveil.limit.Party;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** What the rate limits say about downloads. Used on one event loop alone. */
public final class DownloadRates {
  private final Limits limits;
  private final Lookout lookout;

  /**
   * @param lookout looks whether streams that wait may go on; its interval is how much longer than
   *     need be they may wait
   */
  public DownloadRates(Limits limits, Lookout lookout) {
    this.limits = limits;
    this.lookout = lookout;
  }

  /** Counts a request of a party, whatever it asks for; the excess if it has to be refused. */
  Optional<Excess> asked(DownloadRequest request, Grant grant) {
    return limits
        .take(Limit.SUBJECT, grant.party())
        .or(() -> inDebt(Limit.SUBJECT_BYTES, grant::party))
        .or(() -> inDebt(Limit.ADDRESS_BYTES, () -> Party.address(request.clientAddress())));
  }

  /** Counts a credential that did not hold; the excess if that is all its sender may hear. */
  Optional<Excess> failed(DownloadRequest request, Rejection reason) {
    return limits.failed(Party.address(request.clientAddress()), reason);
  }

  /** Counts a link that nobody minted; the excess if that is all its sender may hear. */
  Optional<Excess> guessed(DownloadRequest request) {
    return limits.take(Limit.FAILURES, Party.address(request.clientAddress()));
  }

  /** The same read, no faster than its receiver may have it. */
  ObjectRead paced(DownloadRequest request, Grant grant, ObjectRead read) {
    return limits
        .pace(() -> Party.address(request.clientAddress()), grant::party)
        .<ObjectRead>map(pace -> new PacedRead(read, pace, lookout))
        .orElse(read);
  }

  /** How many bytes a second one download may have that is not paced here. */
  OptionalLong perSecond() {
    return limits.bytesPerSecond();
  }

  private Optional<Excess> inDebt(Limit limit, Supplier<Party> party) {
    return limits.has(limit) ? limits.deepInDebt(limit, party.get()) : Optional.empty();
  }
}
