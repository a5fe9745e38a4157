package io.keyveil.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * C2SP Wycheproof's vectors against the header check, the key reader and the signature engine, in
 * the way in which the verifier joins them. Only type and claims are left out: the vectors sign
 * texts such as "foo".
 */
final class WycheproofTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What the corpus takes and we refuse, and why that is right. */
  private enum Stricter {
    SYMMETRIC(
        "symmetric keys are refused by policy: a gateway that verifies must not be able to sign"),
    EMPTY_PAYLOAD("an empty payload is no set of claims; the three segments must not be empty"),
    ALG_OF_KEY("RFC 7517 4.4: the key names another algorithm than the token"),
    UNKNOWN_ALG("the key's alg is no registered name (ES521), so the key is ignored");

    private final String reason;

    Stricter(String reason) {
      this.reason = reason;
    }
  }

  @Test
  void agreesOnSignatures() throws IOException {
    Tally tally = new Tally("json_web_signature_test");
    for (JsonNode group : vectors("json_web_signature_test.json")) {
      JsonNode key = group.path(group.has("public") ? "public" : "private");
      String set = "{\"keys\":[" + key + "]}";
      for (JsonNode test : group.path("tests")) {
        tally.add(test, set);
      }
    }
    tally.report(
        401,
        Map.of(
            Stricter.SYMMETRIC, 10,
            Stricter.EMPTY_PAYLOAD, 6,
            Stricter.ALG_OF_KEY, 2,
            Stricter.UNKNOWN_ALG, 2));
  }

  @Test
  void agreesOnKeys() throws IOException {
    Tally tally = new Tally("json_web_key_test");
    for (JsonNode group : vectors("json_web_key_test.json")) {
      JsonNode keys = group.path(group.has("public") ? "public" : "private");
      for (JsonNode test : group.path("tests")) {
        tally.add(test, keys.toString());
      }
    }
    tally.report(26, Map.of(Stricter.SYMMETRIC, 4));
  }

  private static JsonNode vectors(String name) throws IOException {
    Path folder = Path.of(System.getProperty("keyveil.vectors", "../shared/vectors"));
    Path file = folder.resolve(name);
    assumeTrue(
        Files.exists(file),
        () -> "no vectors at " + file.toAbsolutePath() + "; set -Dkeyveil.vectors=FOLDER");
    return JSON.readTree(file.toFile()).path("testGroups");
  }

  /** "accepted", or why not. */
  private static String verdict(String jws, String set) {
    JwkSet keys;
    try {
      keys = JwkSet.parse(Forge.utf8(set), EnumSet.allOf(Algorithm.class));
    } catch (InvalidKeysException e) {
      return "SET: " + e.getMessage();
    }
    return Jws.parse(jws, 16_384)
        .then(parsed -> TokenHeader.read(parsed.header()).then(h -> keys.verify(h, parsed)))
        .match(key -> "accepted", Rejection::toString);
  }

  /** Counts agreement, and sorts what differs. */
  private static final class Tally {
    private final String corpus;
    private final Map<Stricter, Integer> stricter = new TreeMap<>();
    private final Map<Integer, String> unexplained = new LinkedHashMap<>();
    private int valid;
    private int agreed;
    private int reachedTheEngine;

    Tally(String corpus) {
      this.corpus = corpus;
    }

    void add(JsonNode test, String set) {
      String jws =
          test.path("jws").isTextual() ? test.path("jws").textValue() : test.path("jws").toString();
      String verdict = verdict(jws, set);
      boolean wanted = test.path("result").textValue().equals("valid");
      valid += wanted ? 1 : 0;
      reachedTheEngine += Set.of("accepted", "SIGNATURE").contains(verdict) ? 1 : 0;
      if (verdict.equals("accepted") == wanted) {
        agreed++;
      } else if (wanted) {
        explain(test, set, verdict);
      } else {
        unexplained.put(
            test.path("tcId").intValue(), "INVALID BUT ACCEPTED " + test.path("comment"));
      }
    }

    private void explain(JsonNode test, String set, String verdict) {
      if (set.contains("\"oct\"") && verdict.contains("symmetric")) {
        stricter.merge(Stricter.SYMMETRIC, 1, Integer::sum);
      } else if (test.path("comment").textValue().equals("emptyPayload")
          && verdict.equals("MALFORMED")) {
        stricter.merge(Stricter.EMPTY_PAYLOAD, 1, Integer::sum);
      } else if (set.contains("\"PS256\"") && verdict.equals("ALGORITHM")) {
        stricter.merge(Stricter.ALG_OF_KEY, 1, Integer::sum);
      } else if (set.contains("\"ES521\"") && verdict.contains("no key in the set")) {
        stricter.merge(Stricter.UNKNOWN_ALG, 1, Integer::sum);
      } else {
        unexplained.put(test.path("tcId").intValue(), verdict + " " + test.path("comment"));
      }
    }

    void report(int vectors, Map<Stricter, Integer> explained) {
      int policy = stricter.values().stream().mapToInt(Integer::intValue).sum();
      System.out.printf(
          "%s: %d vectors (%d valid), %d agreed, %d stricter by policy, %d disagreements;"
              + " %d decided by the engine%n",
          corpus,
          agreed + policy + unexplained.size(),
          valid,
          agreed,
          policy,
          unexplained.size(),
          reachedTheEngine);
      stricter.forEach(
          (why, count) -> System.out.println("  " + count + " " + why + ": " + why.reason));
      assertThat(unexplained).isEmpty();
      assertThat(stricter).isEqualTo(explained);
      assertThat(agreed + policy).isEqualTo(vectors);
    }
  }
}
