package io.keyveil.s3;

import io.keyveil.audit.Archive;
import io.keyveil.audit.ShipSettings;
import io.keyveil.delivery.DeliverySettings;
import io.keyveil.delivery.ObjectSource;
import io.keyveil.delivery.OffloadSigner;
import io.keyveil.delivery.RedirectSigner;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.net.SSLEngineOptions;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** S3 as the gateway has it: signers, control plane and sources that share their credentials. */
public final class S3 {
  /** S3's chunks on their way through; large, since every chunk costs a pass through the pipe. */
  private static final int CHUNK = 256 << 10;

  private final Vertx vertx;
  private final S3Settings settings;
  private final DeliverySettings delivery;
  private final InstantSource clock;
  private final Credentials credentials;
  private final S3Client client;
  private final WorkerExecutor workers;
  private final S3Signer reads;
  private final BucketBreakers breakers;

  private S3(Vertx vertx, S3Settings settings, DeliverySettings delivery, InstantSource clock) {
    AwsCredentialsProvider provider = Credentials.provider(settings);
    this.vertx = vertx;
    this.settings = settings;
    this.delivery = delivery;
    this.clock = clock;
    this.credentials = new Credentials(vertx, clock, provider);
    this.client = client(settings, provider);
    this.workers = vertx.createSharedWorkerExecutor("keyveil-s3-control", 8);
    this.reads = signer(settings.endpoint());
    this.breakers = new BucketBreakers(settings.breaker(), clock);
  }

  /** Prepares everything; nothing is connected yet. */
  public static S3 of(
      Vertx vertx, S3Settings settings, DeliverySettings delivery, InstantSource clock) {
    return new S3(vertx, settings, delivery, clock);
  }

  /** A source for the event loop that calls: its connections belong to that loop. */
  public ObjectSource source() {
    return new QueuedSource(
        vertx,
        breaking(new S3ObjectSource(httpClient(), reads, clock, delivery.firstByteTimeout())),
        settings.connections(),
        settings.waiting(),
        delivery.firstByteTimeout());
  }

  private ObjectSource breaking(ObjectSource source) {
    return settings.breaker().on() ? new BreakingSource(source, breakers) : source;
  }

  /** How many buckets are left alone now, or being probed, because their reads failed. */
  public long resting() {
    return breakers.open();
  }

  /** The signer of redirects, for the endpoint that clients reach. */
  public RedirectSigner redirects() {
    return new S3RedirectSigner(
        signer(settings.publicEndpoint().or(settings::endpoint)), delivery.presignedFor());
  }

  /** The signer of what an nginx in front reads, for the endpoint that we reach. */
  public OffloadSigner offloads() {
    return (file, correlation) ->
        reads
            .get(
                file.location(),
                delivery.presignedFor(),
                Map.of(S3RedirectSigner.CORRELATION, correlation))
            .recover(S3RedirectSigner::unsigned);
  }

  public S3Control control() {
    return new S3Control(workers, client);
  }

  public S3Uploads uploads(SecureRandom random) {
    return new S3Uploads(client, settings, random);
  }

  /** A bucket that holds what is put into it. */
  public Archive archive(String bucket, ShipSettings ship) {
    return new S3Archive(client, bucket, ship, clock);
  }

  /** The log files that S3 leaves in buckets. */
  public S3LogFiles logFiles() {
    return new S3LogFiles(client);
  }

  /** Asks how buckets are kept. */
  public BucketInspection inspection() {
    return new BucketInspection(client, settings.endpoint().isEmpty(), clock);
  }

  /** Has credentials at hand, and tells when they end, where they do; fails if none can be had. */
  public Future<Optional<Instant>> credentials() {
    return credentials.current().map(AwsCredentials::expirationTime);
  }

  /** When the credentials end, where they do and that is known. */
  public Optional<Instant> credentialsEnd() {
    return credentials.expiry();
  }

  public Future<Void> close() {
    client.close();
    return workers.close();
  }

  private S3Signer signer(Optional<URI> endpoint) {
    return new S3Signer(
        credentials,
        new BucketEndpoints(endpoint, settings.region(), settings.pathStyle()),
        settings.region(),
        clock);
  }

  private HttpClientAgent httpClient() {
    HttpClientOptions options =
        new HttpClientOptions()
            .setMaxChunkSize(CHUNK)
            .setMaxHeaderSize(64 << 10)
            .setConnectTimeout((int) settings.connectTimeout().toMillis())
            .setTcpNoDelay(true)
            .setKeepAlive(true)
            .setKeepAliveTimeout(15)
            .setPipelining(false)
            .setDecompressionSupported(false)
            .setHttp2ClearTextUpgrade(false)
            .setVerifyHost(true);
    return vertx
        .httpClientBuilder()
        .with(options)
        .with(engine())
        .withConnectHandler(DirectRead::prepare)
        .with(
            new PoolOptions()
                .setHttp1MaxSize(settings.connections())
                // For those whose turn comes a moment before a connection is back.
                .setMaxWaitQueueSize(settings.connections()))
        .build();
  }

  private static SSLEngineOptions engine() {
    return OpenSSLEngineOptions.isAvailable()
        ? new OpenSSLEngineOptions()
        : new JdkSSLEngineOptions();
  }

  private static S3Client client(S3Settings settings, AwsCredentialsProvider provider) {
    boolean always = settings.checksums() == S3Settings.Checksums.WHEN_SUPPORTED;
    return S3Client.builder()
        .credentialsProvider(provider)
        .region(Region.of(settings.region()))
        .applyMutation(builder -> settings.endpoint().ifPresent(builder::endpointOverride))
        .forcePathStyle(settings.pathStyle())
        // Bodies in signed pieces are another thing that third-party servers refuse, with 501.
        .serviceConfiguration(config -> config.chunkedEncodingEnabled(always))
        .requestChecksumCalculation(
            always
                ? RequestChecksumCalculation.WHEN_SUPPORTED
                : RequestChecksumCalculation.WHEN_REQUIRED)
        .responseChecksumValidation(
            always
                ? ResponseChecksumValidation.WHEN_SUPPORTED
                : ResponseChecksumValidation.WHEN_REQUIRED)
        .overrideConfiguration(config -> config.apiCallTimeout(settings.controlTimeout()))
        .httpClientBuilder(
            UrlConnectionHttpClient.builder()
                .connectionTimeout(settings.connectTimeout())
                .socketTimeout(settings.controlTimeout()))
        .build();
  }
}
