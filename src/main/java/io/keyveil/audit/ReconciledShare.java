package io.keyveil.audit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.audit.AuditRecord.Finding;
import io.keyveil.audit.AuditRecord.Reconciled;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The part of a reconciliation that is held in memory: it hears what earlier runs found, then the
 * decisions in their order, each of which gives a record where there is something new to say, and
 * has at last the fetches that no decision stands for.
 */
public final class ReconciledShare {
  private final Reconciliation whole;
  private final int number;
  private final int shares;
  private final int most;
  private final Map<String, EarlierFindings> earlier = new HashMap<>();
  private final Map<String, Map<String, Fetch>> fetched = new LinkedHashMap<>();
  private int held;

  ReconciledShare(Reconciliation whole, int number, int shares, int most) {
    this.whole = whole;
    this.number = number;
    this.shares = shares;
    this.most = most;
  }

  /** Hears a record of an earlier run. */
  public void found(ObjectNode record) {
    String event = record.path("event").asText();
    if (record.path("kind").asText().equals("reconciled") && isOurs(event)) {
      EarlierFindings findings = earlier.computeIfAbsent(event, unknown -> new EarlierFindings());
      held -= findings.size();
      findings.hear(record);
      hold(findings.size());
    }
  }

  /** What there is to record of a decision; nothing if it is no redirect, or nothing is new. */
  public Optional<Reconciled> decision(ObjectNode intent) {
    String event = intent.path("event").asText();
    if (!isRedirect(intent) || !isOurs(event)) {
      return Optional.empty();
    }
    whole.redirect();
    EarlierFindings before = before(event);
    Map<String, Fetch> all = Optional.ofNullable(fetched.remove(event)).orElse(Map.of());
    List<Fetch> news = news(before, all.values());
    if (!news.isEmpty()) {
      return Optional.of(told(intent, before, news));
    }
    return before.fetches() == 0 ? silent(intent, before) : Optional.empty();
  }

  /** Hears a decision of another instance: what became of it is for that one's log to say. */
  public void elsewhere(ObjectNode intent) {
    if (isRedirect(intent)) {
      Map<String, Fetch> known = fetched.remove(intent.path("event").asText());
      held -= known == null ? 0 : known.size();
    }
  }

  private static boolean isRedirect(ObjectNode intent) {
    return intent.path("delivery").asText().equals("redirect")
        && intent.path("decision").asText().equals("allowed");
  }

  /** Fetches that no decision stands for, once all decisions were heard. */
  public List<Reconciled> strangers() {
    List<Reconciled> records = new ArrayList<>();
    fetched.forEach(
        (event, all) -> {
          EarlierFindings before = before(event);
          List<Fetch> news = news(before, all.values());
          if (!news.isEmpty()) {
            Finding finding = Finding.FETCHED_WITHOUT_INTENT;
            records.add(record(new EventId(event), finding, Optional.empty(), before, news));
          }
        });
    return records;
  }

  void fetch(Fetch fetch) {
    String event = fetch.correlation().orElseGet(() -> stranger(fetch)).text();
    if (isOurs(event)) {
      Map<String, Fetch> all = fetched.computeIfAbsent(event, unknown -> new LinkedHashMap<>());
      int before = all.size();
      // Two logs tell of one request, and one of them may not know its bytes.
      Fetch unused =
          all.merge(fetch.request(), fetch, (one, two) -> one.sent() >= two.sent() ? one : two);
      hold(all.size() - before);
    }
  }

  private boolean isOurs(String event) {
    return shares == 1 || Math.floorMod(event.hashCode(), shares) == number;
  }

  private void hold(int more) {
    held += more;
    if (held > most) {
      throw new TooManyFetchesException(most);
    }
  }

  private EarlierFindings before(String event) {
    EarlierFindings before = earlier.get(event);
    return before == null ? new EarlierFindings() : before;
  }

  private static List<Fetch> news(EarlierFindings before, Collection<Fetch> fetches) {
    return fetches.stream().filter(fetch -> !before.counts(fetch)).toList();
  }

  private Optional<Reconciled> silent(ObjectNode intent, EarlierFindings before) {
    Instant decided = Instant.parse(intent.path("time").asText());
    if (!whole.isSettled(decided)) {
      whole.waits(decided);
      return Optional.empty();
    }
    return before.outcome().isEmpty()
        ? Optional.of(
            record(event(intent), Finding.NEVER_FETCHED, Optional.of(intent), before, List.of()))
        : Optional.empty();
  }

  private Reconciled told(ObjectNode intent, EarlierFindings before, List<Fetch> news) {
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
      EventId event,
      Finding finding,
      Optional<ObjectNode> intent,
      EarlierFindings before,
      List<Fetch> news) {
    Optional<Fetch> last =
        news.stream()
            .max(Comparator.comparing(Fetch::time))
            .filter(fetch -> fetch.time().isAfter(before.last()));
    boolean known = before.fetches() > 0;
    return new Reconciled(
        event,
        whole.found(finding),
        finding,
        intent.map(decided -> decided.path("request").asText()),
        intent.map(decided -> decided.path("file").asText()).filter(file -> !file.isEmpty()),
        before.fetches() + news.size(),
        before.sent() + news.stream().mapToLong(Fetch::sent).sum(),
        last.map(Fetch::address).or(() -> known ? Optional.of(before.address()) : Optional.empty()),
        last.map(Fetch::time).or(() -> known ? Optional.of(before.last()) : Optional.empty()),
        news.size() > EarlierFindings.NAMED
            ? List.of()
            : news.stream().map(EarlierFindings::name).toList());
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

  /** One URL was fetched more often than can be held. */
  public static final class TooManyFetchesException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooManyFetchesException(int most) {
      super("too many fetches of one URL (expected: less than " + most + "; give fewer at once)");
    }
  }
}
