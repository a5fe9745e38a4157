package io.keyveil.file;

import io.keyveil.file.Checksum.Algorithm;
import java.nio.ByteBuffer;
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

import org.openjdk.jmh.annotations.Param;
/** A chunk of 256 KiB outside the heap, checked as it passes. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ChecksumBenchmark {
  /** The algorithm. */
  @Param public Algorithm algorithm = Algorithm.CRC32C;

  private final ByteBuffer chunk = ByteBuffer.allocateDirect(256 << 10);

  /** One chunk. */
  @Benchmark
  public Checksum chunk() {
    RunningChecksum sum = RunningChecksum.of(algorithm);
    sum.add(chunk.duplicate());
    return sum.end();
  }
}
