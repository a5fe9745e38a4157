package io.keyveil.audit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * What earlier runs have recorded of one presigned URL, and which of S3's requests they have
 * counted for that, so that a log that arrives late adds what it alone tells, and one that is read
 * again nothing.
 */
final class EarlierFindings {
  /** How many requests a record names; of more it says up to which time it has counted them. */
  static final int NAMED = 64;

  private static final int SHORT = 12;

  private final Set<String> requests = new HashSet<>();
  private String outcome = "";
  private long fetches;
  private long sent;
  private Instant last = Instant.MIN;
  private String address = "";
  private Instant unnamed = Instant.MIN;

  /** Hears a record of theirs; they come in their order. */
  void hear(ObjectNode record) {
    String time = record.path("fetched").asText();
    Instant fetched = time.isEmpty() ? Instant.MIN : Instant.parse(time);
    String names = record.path("requests").asText();
    outcome = record.path("outcome").asText();
    fetches = record.path("fetches").asLong();
    sent = record.path("sent").asLong();
    if (!fetched.isBefore(last)) {
      last = fetched;
      address = record.path("client").asText();
    }
    if (names.isEmpty()) {
      unnamed = fetched.isAfter(unnamed) ? fetched : unnamed;
    } else {
      requests.addAll(List.of(names.split(" ", -1)));
    }
  }

  boolean counts(Fetch fetch) {
    return requests.contains(name(fetch)) || !fetch.time().isAfter(unnamed);
  }

  /** A request's ID as records name it: short, and of no use to anybody else. */
  static String name(Fetch fetch) {
    byte[] id = fetch.request().getBytes(StandardCharsets.UTF_8);
    byte[] hash = HexFormat.of().parseHex(ChainLink.of(0, id).digest().substring(0, SHORT));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
  }

  String outcome() {
    return outcome;
  }

  long fetches() {
    return fetches;
  }

  long sent() {
    return sent;
  }

  /** When the last fetch was that is counted. */
  Instant last() {
    return last;
  }

  /** Where that went to. */
  String address() {
    return address;
  }

  /** How many requests it remembers. */
  int size() {
    return requests.size() + 1;
  }
}
