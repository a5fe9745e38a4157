package io.keyveil.limit;

import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** What the rate limits add to each request. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LimitsBenchmark {
  private static final int MANY = 50_000;
  private static final Rate FAST = new Rate(1_000_000_000, 1_000_000_000);

  private final Limits on = limits(FAST);
  private final Limits off = limits(new Rate(0, 1));
  private final Party subject = new Party("https://idp.example.org/", "alice");
  private final String[] addresses = new String[MANY];

  /** Everybody has asked before. */
  @Setup
  public void remember() {
    for (int i = 0; i < MANY; i++) {
      addresses[i] = "10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255);
      if (on.take(Limit.ADDRESS, Party.address(addresses[i])).isPresent()) {
        throw new IllegalStateException("too few for the benchmark");
      }
    }
  }

  /** No limit at all. */
  @Benchmark
  public Optional<Excess> off() {
    return off.take(Limit.SUBJECT, subject);
  }

  /** One limit, and one who keeps asking. */
  @Benchmark
  public Optional<Excess> one() {
    return on.take(Limit.SUBJECT, subject);
  }

  /** The same, asked on both event loops of a small machine. */
  @Benchmark
  @Threads(2)
  public Optional<Excess> contended() {
    return on.take(Limit.SUBJECT, subject);
  }

  /** One limit, and one of many addresses, as it came with the request. */
  @Benchmark
  public Optional<Excess> many() {
    String address = addresses[ThreadLocalRandom.current().nextInt(MANY)];
    return on.take(Limit.ADDRESS, Party.address(address));
  }

  /** An IPv6 address, whose network is found first. */
  @Benchmark
  public Optional<Excess> network() {
    return on.take(Limit.ADDRESS, Party.address("2001:db8:1:2:3:4:5:6"));
  }

  private static Limits limits(Rate rate) {
    RateSettings.Traffic traffic = new RateSettings.Traffic(rate, rate);
    return new Limits(
        new RateSettings(Enforcement.ENFORCE, 100_000, traffic, traffic, rate, rate, rate),
        InstantSource.system(),
        (limit, mode) -> {});
  }
}
