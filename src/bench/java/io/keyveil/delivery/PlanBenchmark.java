package io.keyveil.delivery;

import io.keyveil.file.FileRecord;
import io.keyveil.file.SampleFiles;
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

/** What is decided about one request once its file is known. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PlanBenchmark {
  private final DeliveryPlanner planner = new DeliveryPlanner(16 << 20);
  private final ContentDisposition dispositions = new ContentDisposition(List.of("application/pdf"));
  private final FileRecord file = SampleFiles.file();
  private final Ask ask =
      new Ask(
          false,
          RangeRequest.parse("bytes=0-99"),
          new Conditions(
              Optional.empty(),
              Optional.empty(),
              EntityTags.parse("\"other\""),
              Optional.empty(),
              Optional.of("\"abc-3\"")),
          false);

  /** Conditions, range and delivery. */
  @Benchmark
  public Plan plan() {
    return planner.plan(file, ask);
  }

  /** A range field as it came. */
  @Benchmark
  public Object range() {
    return RangeRequest.parse("bytes=1048576-2097151");
  }

  /** The field with the file's name. */
  @Benchmark
  public String disposition() {
    return dispositions.named(file);
  }
}
