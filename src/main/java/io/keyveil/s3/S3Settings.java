package io.keyveil.s3;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The S3 behind the gateway.
 *
 * @param endpoint where the gateway reaches S3; empty means AWS in the region
 * @param publicEndpoint where clients reach S3, for redirects; empty means the same
 * @param region the region that requests are signed for
 * @param pathStyle whether the bucket stands in the path instead of the host name
 * @param buckets the only buckets whose keys may be registered
 * @param opaqueBucket where Keyveil puts what it names itself; empty means it may not upload
 * @param opaqueEncryption how uploads are encrypted at rest
 * @param opaqueKmsKey the KMS key of {@code aws:kms}; empty means the account's default
 * @param checksums whether the SDK's own checksums are sent always or only where S3 requires them;
 *     third-party servers need the latter
 * @param credentials configured access keys; empty means the SDK's default chain
 * @param connections upstream connections of each event loop, 1 to 10000
 * @param waiting requests of each event loop that may wait for a connection, 0 to 100000
 * @param breaker when a bucket that fails is left alone
 * @param connectTimeout how long a connection may take to be made, 100 ms to 1 minute
 * @param controlTimeout how long one control-plane call may take, 1 second to 10 minutes
 */
public record S3Settings(
    Optional<URI> endpoint,
    Optional<URI> publicEndpoint,
    String region,
    boolean pathStyle,
    List<String> buckets,
    Optional<String> opaqueBucket,
    Encryption opaqueEncryption,
    Optional<String> opaqueKmsKey,
    Checksums checksums,
    Optional<S3Credentials> credentials,
    int connections,
    int waiting,
    BreakerSettings breaker,
    Duration connectTimeout,
    Duration controlTimeout) {

  /** When the SDK adds checksums of its own. */
  public enum Checksums {
    WHEN_REQUIRED,
    WHEN_SUPPORTED
  }

  /** What stands for a bucket's name in messages. */
  private static final String HIDDEN = "a name";

  private static final Pattern REGION = Pattern.compile("[a-z0-9-]{1,40}");

  /** AWS allows 3 to 63; access point aliases and older buckets fit in the same letters. */
  private static final Pattern BUCKET = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._-]{1,253}");

  public static final S3Settings DEFAULTS =
      new S3Settings(
          Optional.empty(),
          Optional.empty(),
          "us-east-1",
          false,
          List.of(),
          Optional.empty(),
          Encryption.KMS,
          Optional.empty(),
          Checksums.WHEN_REQUIRED,
          Optional.empty(),
          10_000,
          1024,
          BreakerSettings.DEFAULTS,
          Duration.ofSeconds(5),
          Duration.ofSeconds(30));

  public S3Settings {
    buckets = List.copyOf(buckets);
    endpoint.ifPresent(uri -> checkEndpoint("endpoint", uri));
    publicEndpoint.ifPresent(uri -> checkEndpoint("publicEndpoint", uri));
    expect("region", region, REGION.matcher(region).matches(), "letters, digits and hyphens");
    for (String bucket : buckets) {
      expect("buckets", HIDDEN, BUCKET.matcher(bucket).matches(), "bucket names");
    }
    opaqueBucket.ifPresent(
        bucket ->
            expect("opaqueBucket", HIDDEN, BUCKET.matcher(bucket).matches(), "a bucket name"));
    Set<String> named = Set.copyOf(buckets);
    opaqueBucket.ifPresent(
        bucket ->
            expect(
                "opaqueBucket",
                HIDDEN,
                !named.contains(bucket),
                "a bucket of its own, none of s3.buckets, since redirects show it"));
    expect("connections", connections, connections >= 1 && connections <= 10_000, "1 to 10000");
    expect("waiting", waiting, waiting >= 0 && waiting <= 100_000, "0 to 100000");
    within("connectTimeout", connectTimeout, Duration.ofMillis(100), Duration.ofMinutes(1));
    within("controlTimeout", controlTimeout, Duration.ofSeconds(1), Duration.ofMinutes(10));
  }

  private static void checkEndpoint(String name, URI uri) {
    boolean sound =
        ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
            && uri.getHost() != null
            && uri.getUserInfo() == null
            && uri.getQuery() == null
            && uri.getFragment() == null
            && (uri.getPath() == null || uri.getPath().isEmpty() || uri.getPath().equals("/"));
    expect(name, uri, sound, "http:// or https:// with a host and nothing after it");
  }

  private static void within(String name, Duration found, Duration least, Duration most) {
    boolean inside = found.compareTo(least) >= 0 && found.compareTo(most) <= 0;
    expect(name, found, inside, least + " to " + most);
  }

  private static void expect(String name, Object found, boolean sound, String expected) {
    if (!sound) {
      throw new IllegalArgumentException(name + ": " + found + " (expected: " + expected + ")");
    }
  }
}
