package io.keyveil.access;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A token that is shown for the first time, and the digest that the next times begin with. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TokenBenchmark {
  private final Forge forge = new Forge();
  private final String text = forge.good();

  /** SHA-256 of the text: all that a token costs that is remembered. */
  @Benchmark
  public Token digest() {
    return Token.of(text);
  }

  /** The form and the header, as they are looked over before any signature is. */
  @Benchmark
  public Object parse() {
    return Jws.parse(text, 16 << 10);
  }
}
