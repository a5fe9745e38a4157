package io.keyveil.s3;

import java.time.InstantSource;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** A breaker for each bucket; there are as many as configured buckets. */
final class BucketBreakers {
  private final ConcurrentMap<String, BucketBreaker> known = new ConcurrentHashMap<>();
  private final BreakerSettings settings;
  private final InstantSource clock;

  BucketBreakers(BreakerSettings settings, InstantSource clock) {
    this.settings = settings;
    this.clock = clock;
  }

  BucketBreaker of(String bucket) {
    BucketBreaker breaker = known.get(bucket);
    return breaker != null
        ? breaker
        : known.computeIfAbsent(bucket, first -> new BucketBreaker(settings, clock));
  }

  /** How many are not closed. */
  long open() {
    return known.values().stream().filter(breaker -> !breaker.closed()).count();
  }
}
