package io.keyveil.audit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.audit.AuditRecord.Finding;
import io.keyveil.audit.AuditRecord.Reconciled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Joins what S3's logs say of presigned URLs to the decisions that gave them out.
 *
 * <p>First it hears what earlier runs found, then the fetches, then the decisions in their order;
 * each of these gives a record where there is something new to say. It holds the fetches and what
 * was found before in memory, and no decision longer than it takes to look at it. S3's logs arrive
 * late and not always: a URL counts as never fetched only when they reach past its life by {@code
 * settled}.
 */
public final class Reconciliation {
  private final Duration settled;
  private final Instant now;
  private final Map<String, Prior> prior = new HashMap<>();
  private final Map<String, Seen> fetched = new LinkedHashMap<>();
  private final Map<Finding, Long> findings = new EnumMap<>(Finding.class);
  private Instant newest = Instant.MIN;
  private long outstanding;
  private long redirects;

  /**
   * @param settled how much later than a decision the logs have to reach until silence means that
   *     its URL was never used
   */
  public Reconciliation(Duration settled, Instant now) {
    this.settled = settled;
    this.now = now;
  }

  /** Hears a record of an earlier run. */
  public void found(ObjectNode record) {
    if (record.path("kind").asText().equals("reconciled")) {
      String time = record.path("fetched").asText();
      prior.put(
          record.path("event").asText(),
          new Prior(
              record.path("outcome").asText(),
              record.path("fetches").asLong(),
              record.path("sent").asLong(),
              time.isEmpty() ? Instant.MIN : Instant.parse(time)));
    }
  }

  /** Hears of a fetch, in any order, also twice. */
  public void fetch(Fetch fetch) {
    newest = fetch.time().isAfter(newest) ? fetch.time() : newest;
    EventId event = fetch.correlation().orElseGet(() -> stranger(fetch));
    fetched.computeIfAbsent(event.text(), unknown -> new Seen()).add(fetch);
  }

  /** Hears how far the logs reach, also where they tell of nothing of ours. */
  public void reaches(Instant time) {
    newest = time.isAfter(newest) ? time : newest;
  }

  /** What there is to record of a decision; nothing if it is no redirect, or nothing is new. */
  public Optional<Reconciled> decision(ObjectNode intent) {
    if (!intent.path("delivery").asText().equals("redirect")
        || !intent.path("decision").asText().equals("allowed")) {
      return Optional.empty();
    }
    redirects++;
    String event = intent.path("event").asText();
    Prior before = prior.getOrDefault(event, Prior.NONE);
    List<Fetch> news = Optional.ofNullable(fetched.remove(event)).map(Seen::all).orElse(List.of());
    news = news.stream().filter(each -> each.time().isAfter(before.last())).toList();
    if (news.isEmpty() && before.fetches() == 0) {
      return silent(intent, before);
    }
    if (news.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(told(intent, before, news));
  }

  /** Fetches that no decision stands for, once all decisions were heard. */
  public List<Reconciled> strangers() {
    List<Reconciled> records = new ArrayList<>();
    fetched.forEach(
        (event, seen) -> {
          if (!prior.containsKey(event)) {
            records.add(
                record(
                    new EventId(event),
                    Finding.FETCHED_WITHOUT_INTENT,
                    Optional.empty(),
                    Prior.NONE,
                    seen.all()));
          }
        });
    return records;
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

  private Optional<Reconciled> silent(ObjectNode intent, Prior before) {
    Instant decided = Instant.parse(intent.path("time").asText());
    if (decided.plus(settled).isAfter(newest)) {
      outstanding++;
      return Optional.empty();
    }
    return before.outcome().isEmpty()
        ? Optional.of(
            record(event(intent), Finding.NEVER_FETCHED, Optional.of(intent), before, List.of()))
        : Optional.empty();
  }

  private Reconciled told(ObjectNode intent, Prior before, List<Fetch> news) {
    String address = intent.path("client").asText();
    boolean elsewhere =
        before.outcome().equals(Finding.FETCHED_FROM_ANOTHER_ADDRESS.word())
            || news.stream().anyMatch(fetch -> !fetch.address().equals(address));
    boolean once = before.fetches() + news.size() == 1;
    Finding finding = once ? Finding.FETCHED_ONCE : Finding.FETCHED_AGAIN;
    return record(
        event(intent),
        elsewhere ? Finding.FETCHED_FROM_ANOTHER_ADDRESS : finding,
        Optional.of(intent),
        before,
        news);
  }

  private Reconciled record(
      EventId event, Finding finding, Optional<ObjectNode> intent, Prior before, List<Fetch> news) {
    long unused = findings.merge(finding, 1L, Long::sum);
    Optional<Fetch> last = news.stream().max(Comparator.comparing(Fetch::time));
    return new Reconciled(
        event,
        now,
        finding,
        intent.map(known -> known.path("request").asText()),
        intent.map(known -> known.path("file").asText()).filter(file -> !file.isEmpty()),
        before.fetches() + news.size(),
        before.sent() + news.stream().mapToLong(Fetch::sent).sum(),
        last.map(Fetch::address),
        last.map(Fetch::time));
  }

  private static EventId event(ObjectNode intent) {
    return new EventId(intent.path("event").asText());
  }

  /** One name for a fetch that has none of ours, whichever log tells of it and however often. */
  private static EventId stranger(Fetch fetch) {
    byte[] id = fetch.request().getBytes(StandardCharsets.UTF_8);
    byte[] hash = HexFormat.of().parseHex(ChainLink.of(0, id).digest().substring(0, 32));
    return new EventId(Base64.getUrlEncoder().withoutPadding().encodeToString(hash));
  }

  /** What an earlier run has recorded last. */
  private record Prior(String outcome, long fetches, long sent, Instant last) {
    static final Prior NONE = new Prior("", 0, 0, Instant.MIN);
  }

  /** The fetches of one URL, each once. */
  private static final class Seen {
    private final Map<String, Fetch> byRequest = new LinkedHashMap<>();

    void add(Fetch fetch) {
      byRequest.merge(
          fetch.request(),
          fetch,
          (first, second) -> first.sent() >= second.sent() ? first : second);
    }

    List<Fetch> all() {
      return List.copyOf(byRequest.values());
    }
  }
}
