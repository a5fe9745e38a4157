package io.keyveil.http;

import io.keyveil.access.Token;
import io.keyveil.delivery.ContentDisposition;
import io.keyveil.file.DeliveryPolicy;
import io.keyveil.file.FileRecord;
import io.keyveil.file.SampleFiles;
import io.keyveil.page.PageSettings;
import io.keyveil.page.Pages;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.security.SecureRandom;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What every request costs before and after it is decided about. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RequestBenchmark {
  private final HeldRequest held = new HeldRequest();
  private final FileRecord file = SampleFiles.delivered(DeliveryPolicy.AUTO, true, 1 << 20);
  private final ContentDisposition dispositions = new ContentDisposition(List.of());
  private final FileHeaders headers = new FileHeaders(dispositions);
  private final CredentialReader credentials = new CredentialReader("");
  private final Answers answers =
      new Answers(
          new SecureRandom(), ListenSettings.DEFAULTS, new Pages(PageSettings.DEFAULTS));

  /** The look at its form. */
  @Benchmark
  public Optional<Problem> guard() {
    return RequestGuard.objection(held.request());
  }

  /** Its token. */
  @Benchmark
  public List<Token> credentials() {
    return credentials.read(held.request());
  }

  /** Its ID, and the fields that every answer has. */
  @Benchmark
  public HttpServerRequest prepared() {
    HttpServerRequest request = held.afresh();
    answers.prepare(request);
    return request;
  }

  /** The fields of a file. */
  @Benchmark
  public MultiMap content() {
    HttpServerResponse response = held.afresh().response();
    headers.content(response, file, Optional.empty());
    return response.headers();
  }

  /** What a redirect tells S3 to call it. */
  @Benchmark
  public String dispositionOfARedirect() {
    return dispositions.forRedirect(file);
  }

  /** Ends what was started for this. */
  @TearDown
  public void stop() {
    held.close();
  }
}
