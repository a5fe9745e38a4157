package io.keyveil.s3;

import io.keyveil.delivery.SignedUrl;
import io.keyveil.file.FileRecord;
import io.keyveil.file.ObjectKey;
import io.keyveil.file.SampleFiles;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
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
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** A signed URL for a redirect: ours, and the SDK's presigner beside it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SigningBenchmark {
  private static final Duration LIFE = Duration.ofMinutes(5);
  private static final Map<String, String> PARAMETERS =
      Map.of(
          "response-content-disposition",
          "attachment; filename=\"download-GEkYrv.pdf\"",
          "response-content-type",
          "application/pdf",
          "x-correlation",
          "GEkYrv_ZnsJl-2YGtvKy-g");

  private final Vertx vertx = Vertx.vertx();
  private final StaticCredentialsProvider credentials =
      StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIAEXAMPLE", "secret"));
  private final ObjectKey location = SampleFiles.location();
  private final S3Signer signer =
      new S3Signer(
          new Credentials(vertx, InstantSource.system(), credentials),
          new BucketEndpoints(Optional.of(URI.create("https://s3.example.org")), "eu-west-1", true),
          "eu-west-1",
          InstantSource.system());
  private final S3RedirectSigner redirects = new S3RedirectSigner(signer, LIFE);
  private final FileRecord file =
      SampleFiles.at(
          new ObjectKey("dl-2f9c41", "f/GEkYrv_ZnsJl-2YGtvKy-gGEkYrv", Optional.empty()),
          SampleFiles.facts());
  private final S3Presigner presigner =
      S3Presigner.builder()
          .region(Region.EU_WEST_1)
          .credentialsProvider(credentials)
          .endpointOverride(URI.create("https://s3.example.org"))
          .build();

  /** Ours. */
  @Benchmark
  public SignedUrl keyveil() {
    return signer.get(location, LIFE, PARAMETERS).await();
  }

  /** Ours, with all that a redirect signs. */
  @Benchmark
  public SignedUrl redirect() {
    return redirects
        .sign(file, "attachment; filename=\"download-GEkYrv.pdf\"", "GEkYrv_ZnsJl-2YGtvKy-g")
        .await();
  }

  /** The SDK's. */
  @Benchmark
  public String presignerOfTheSdk() {
    return presigner
        .presignGetObject(
            presign ->
                presign
                    .signatureDuration(LIFE)
                    .getObjectRequest(
                        get ->
                            get.bucket(location.bucket())
                                .key(location.key())
                                .responseContentDisposition(
                                    PARAMETERS.get("response-content-disposition"))
                                .responseContentType(PARAMETERS.get("response-content-type"))
                                .overrideConfiguration(
                                    raw ->
                                        raw.putRawQueryParameter(
                                            "x-correlation", PARAMETERS.get("x-correlation")))))
        .url()
        .toString();
  }

  /** Ends what was started for this. */
  @TearDown
  public void stop() {
    presigner.close();
    vertx.close().await();
  }
}
