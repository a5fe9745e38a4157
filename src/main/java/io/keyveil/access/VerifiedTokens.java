package io.keyveil.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Predicate;

/** Tokens that were verified lately, by their SHA-256; only tokens that held are remembered. */
final class VerifiedTokens {
  private static final int WEIGHED_LENGTH = 1024;

  private final Cache<Token, Entry> entries;
  private final Duration leeway;
  private final InstantSource clock;

  VerifiedTokens(int size, Duration leeway, InstantSource clock) {
    this.entries =
        Caffeine.newBuilder()
            .maximumWeight(size)
            .<Token, Entry>weigher((token, entry) -> 1 + token.text().length() / WEIGHED_LENGTH)
            .executor(Runnable::run)
            .build();
    this.leeway = leeway;
    this.clock = clock;
  }

  /**
   * The subject of a token that was verified before, is still in its time, and whose key is still
   * good.
   */
  Optional<Subject> find(Token token, Predicate<Entry> keyIsGood) {
    Entry entry = entries.getIfPresent(token);
    if (entry == null) {
      return Optional.empty();
    }
    if (clock.instant().isBefore(entry.subject().expiresAt().plus(leeway))
        && keyIsGood.test(entry)) {
      return Optional.of(entry.subject());
    }
    entries.invalidate(token);
    return Optional.empty();
  }

  void remember(Token token, Subject subject, VerificationKey key) {
    entries.put(token, new Entry(subject, key));
  }

  /** Who a token speaks for, and the key that says so. */
  record Entry(Subject subject, VerificationKey key) {}
}
