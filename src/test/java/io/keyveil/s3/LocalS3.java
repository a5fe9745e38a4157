package io.keyveil.s3;

import io.keyveil.demo.DemoLibraries;
import io.keyveil.demo.DemoS3;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** A real S3 server in the JVM with two buckets, and a plain client to fill it. */
public final class LocalS3 implements AutoCloseable {
  public static final String ACCESS_KEY = "test-access";
  public static final String SECRET_KEY = "test-secret-test-secret";

  private final DemoS3 server;
  private final S3Client client;

  public LocalS3(Path folder, String bucket, String opaqueBucket) {
    server =
        DemoLibraries.load().startS3(folder, ACCESS_KEY, SECRET_KEY, List.of(bucket, opaqueBucket));
    client =
        S3Client.builder()
            .endpointOverride(server.endpoint())
            .region(Region.US_EAST_1)
            .forcePathStyle(true)
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY)))
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .build();
  }

  public URI endpoint() {
    return server.endpoint();
  }

  public void put(String bucket, String key, byte[] content) {
    client.putObject(request -> request.bucket(bucket).key(key), RequestBody.fromBytes(content));
  }

  public void delete(String bucket, String key) {
    client.deleteObject(request -> request.bucket(bucket).key(key));
  }

  /** Settings that reach this server. */
  public static S3Settings settings(URI endpoint, String bucket, String opaqueBucket) {
    return new S3Settings(
        Optional.of(endpoint),
        Optional.empty(),
        "us-east-1",
        true,
        List.of(bucket),
        Optional.of(opaqueBucket),
        Encryption.NONE,
        Optional.empty(),
        S3Settings.Checksums.WHEN_REQUIRED,
        Optional.of(new S3Credentials(ACCESS_KEY, SECRET_KEY, Optional.empty())),
        S3Settings.DEFAULTS.connections(),
        S3Settings.DEFAULTS.waiting(),
        S3Settings.DEFAULTS.breaker(),
        S3Settings.DEFAULTS.connectTimeout(),
        S3Settings.DEFAULTS.controlTimeout());
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}
