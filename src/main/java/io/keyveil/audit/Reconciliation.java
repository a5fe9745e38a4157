package io.keyveil.audit;

import io.keyveil.audit.AuditRecord.Finding;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Joins what S3's logs say of presigned URLs to the decisions that gave them out.
 *
 * <p>First it hears the fetches, which go to a temporary file, and how much earlier runs have
 * found. Then it goes through all of that in as many shares as it takes to hold one of them in
 * memory; each has the URLs that its number falls to. S3's logs arrive late and not always: a URL
 * counts as never fetched only when they reach past its life by {@code settled}, and what comes
 * later still counts.
 */
public final class Reconciliation implements AutoCloseable {
  /** About how many fetches and earlier findings are held at once; each takes less than 1 KiB. */
  private static final int SHARE = 200_000;

  private final Duration settled;
  private final Instant now;
  private final int most;
  private final FetchSpool spool = new FetchSpool();
  private final Map<Finding, Long> findings = new EnumMap<>(Finding.class);
  private Instant newest = Instant.MIN;
  private Optional<Instant> oldest = Optional.empty();
  private long outstanding;
  private long redirects;

  /**
   * @param settled how much later than a decision the logs have to reach until silence means that
   *     its URL was never used
   */
  public Reconciliation(Duration settled, Instant now) {
    this(settled, now, SHARE);
  }

  Reconciliation(Duration settled, Instant now, int most) {
    this.settled = settled;
    this.now = now;
    this.most = most;
  }

  /** Hears of a fetch, in any order, also twice. */
  public void fetch(Fetch fetch) {
    reaches(fetch.time());
    spool.add(fetch);
  }

  /** Hears how far the logs reach, also where they tell of nothing of ours. */
  public void reaches(Instant time) {
    newest = time.isAfter(newest) ? time : newest;
  }

  /**
   * In how many shares it has to be gone through, once all fetches were heard.
   *
   * @param earlier how many records earlier runs have left
   */
  public int shares(long earlier) {
    return Math.toIntExact(1 + (spool.count() + earlier) / most);
  }

  /** One share, with its fetches. Blocks. */
  public ReconciledShare share(int number, int shares) throws IOException {
    ReconciledShare share = new ReconciledShare(this, number, shares, 4 * most);
    spool.read(share::fetch);
    return share;
  }

  /** How many of each this run has found. */
  public Map<Finding, Long> findings() {
    return findings;
  }

  /** How many redirects the log has. */
  public long redirects() {
    return redirects;
  }

  /** Of how many of them S3's logs cannot tell yet. */
  public long outstanding() {
    return outstanding;
  }

  /** When the first of those was. */
  public Optional<Instant> outstandingSince() {
    return oldest;
  }

  /** Whether S3's logs reach so far past a decision that silence says something. */
  boolean isSettled(Instant decided) {
    return !decided.plus(settled).isAfter(newest);
  }

  void redirect() {
    redirects++;
  }

  void waits(Instant decided) {
    outstanding++;
    oldest = Optional.of(oldest.filter(decided::isAfter).orElse(decided));
  }

  Instant found(Finding finding) {
    long unused = findings.merge(finding, 1L, Long::sum);
    return now;
  }

  @Override
  public void close() throws IOException {
    spool.close();
  }
}
