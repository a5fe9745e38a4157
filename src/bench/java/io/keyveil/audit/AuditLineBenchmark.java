package io.keyveil.audit;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

/** Records as lines, and the links of the chain that the lines make. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AuditLineBenchmark {
  private final List<AuditRecord> downloads = new ArrayList<>();
  private final ChainWriter chain =
      new ChainWriter(
          new AuditSettings(Path.of("none"), Durability.WRITE, 1, Optional.of("bench")),
          "bench",
          () -> EventId.random(SampleRecords.RANDOM),
          InstantSource.system(),
          ChainLink.START);

  /** Seven downloads, as a batch under load has them. */
  public AuditLineBenchmark() {
    for (int i = 0; i < 7; i++) {
      AuditRecord.Intent begun =
          SampleRecords.intent(
              "43c7940249fc6dd684de839c", SampleRecords.NOW.plusNanos(i * 130_017L));
      downloads.add(begun);
      downloads.add(SampleRecords.completion(begun));
    }
  }

  /** A whole batch, ready to be written, and what is remembered of it. */
  @Benchmark
  public Object batch() {
    ChainWriter.Draft draft = chain.draft();
    downloads.forEach(draft::add);
    Object lines = draft.lines();
    chain.take(draft);
    return lines;
  }
}
