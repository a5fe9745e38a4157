package io.keyveil.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/**
 * Who was verified lately, by the SHA-256 of the token; only tokens that held are remembered, and
 * none by its text.
 */
final class VerifiedTokens {
  private static final int WEIGHED_LENGTH = 1024;

  private final Cache<String, Entry> entries;
  private final InstantSource clock;
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();

  VerifiedTokens(int size, InstantSource clock) {
    this.entries =
        Caffeine.newBuilder()
            .maximumWeight(size)
            .<String, Entry>weigher((digest, entry) -> entry.weight())
            .executor(Runnable::run)
            .build();
    this.clock = clock;
  }

  /**
   * The subject of a token that was verified before, is still in its time, and whose key is still
   * good.
   */
  Optional<Subject> find(Token token, Predicate<Entry> keyIsGood) {
    Entry entry = entries.getIfPresent(token.digest());
    if (entry == null) {
      misses.increment();
      return Optional.empty();
    }
    if (clock.instant().isBefore(entry.until()) && keyIsGood.test(entry)) {
      hits.increment();
      return Optional.of(entry.subject());
    }
    misses.increment();
    entries.invalidate(token.digest());
    return Optional.empty();
  }

  /** How often a token was found. */
  long hits() {
    return hits.sum();
  }

  /** How often a token had to be verified. */
  long misses() {
    return misses.sum();
  }

  void remember(Token token, Subject subject, VerificationKey key, Instant until) {
    int weight = 1 + token.text().length() / WEIGHED_LENGTH;
    entries.put(token.digest(), new Entry(subject, key, until, weight));
  }

  /** Who a token speaks for, the key that says so, how long, and how much room it takes. */
  record Entry(Subject subject, VerificationKey key, Instant until, int weight) {}
}
