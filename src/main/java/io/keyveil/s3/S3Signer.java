package io.keyveil.s3;

import io.keyveil.delivery.SignedUrl;
import io.keyveil.file.ObjectKey;
import io.vertx.core.Future;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner.AuthLocation;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignRequest;
import software.amazon.awssdk.utils.http.SdkHttpUtils;

/**
 * Signs the GET of one object into a URL (AWS Signature Version 4, query form). Reads and redirects
 * are signed alike; they differ in the endpoint and in who follows the URL.
 */
final class S3Signer {
  /** What credentials must have left beyond the life of a URL, for clocks that differ. */
  private static final Duration MARGIN = Duration.ofSeconds(30);

  private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();
  private final Credentials credentials;
  private final BucketEndpoints endpoints;
  private final String region;
  private final InstantSource clock;
  private final Clock signingClock;

  S3Signer(Credentials credentials, BucketEndpoints endpoints, String region, InstantSource clock) {
    this.credentials = credentials;
    this.endpoints = endpoints;
    this.region = region;
    this.clock = clock;
    this.signingClock = clock.withZone(ZoneOffset.UTC);
  }

  /**
   * Signs a GET.
   *
   * @param life how long the URL shall live; cut to what the credentials have left
   * @param parameters query parameters to sign with it, in plain text
   */
  Future<SignedUrl> get(ObjectKey location, Duration life, Map<String, String> parameters) {
    return credentials
        .current()
        .map(identity -> sign(location, clamp(life, identity), parameters, identity));
  }

  private Duration clamp(Duration life, AwsCredentials identity) {
    Optional<Duration> left =
        identity.expirationTime().map(end -> Duration.between(clock.instant(), end).minus(MARGIN));
    Duration usable = left.filter(rest -> rest.compareTo(life) < 0).orElse(life);
    return usable.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : usable;
  }

  private SignedUrl sign(
      ObjectKey location, Duration life, Map<String, String> parameters, AwsCredentials identity) {
    URI bucket = endpoints.of(location.bucket());
    SdkHttpRequest unsigned = request(bucket, location, parameters);
    SdkHttpRequest signed =
        signer
            .sign(
                SignRequest.builder(identity)
                    .request(unsigned)
                    .putProperty(AwsV4FamilyHttpSigner.SERVICE_SIGNING_NAME, "s3")
                    .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                    .putProperty(AwsV4FamilyHttpSigner.AUTH_LOCATION, AuthLocation.QUERY_STRING)
                    .putProperty(AwsV4FamilyHttpSigner.EXPIRATION_DURATION, life)
                    .putProperty(AwsV4FamilyHttpSigner.DOUBLE_URL_ENCODE, false)
                    .putProperty(AwsV4FamilyHttpSigner.NORMALIZE_PATH, false)
                    .putProperty(AwsV4FamilyHttpSigner.PAYLOAD_SIGNING_ENABLED, false)
                    .putProperty(HttpSigner.SIGNING_CLOCK, signingClock)
                    .build())
            .request();
    Instant end = clock.instant().plus(life);
    return new SignedUrl(text(bucket, unsigned.encodedPath(), signed), end);
  }

  private static SdkHttpRequest request(
      URI bucket, ObjectKey location, Map<String, String> parameters) {
    String path = bucket.getRawPath() == null ? "" : bucket.getRawPath();
    SdkHttpRequest.Builder request =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.GET)
            .protocol(bucket.getScheme())
            .host(bucket.getHost())
            .port(bucket.getPort() < 0 ? null : bucket.getPort())
            .encodedPath(strip(path) + "/" + SdkHttpUtils.urlEncodeIgnoreSlashes(location.key()));
    location.version().ifPresent(version -> request.putRawQueryParameter("versionId", version));
    parameters.forEach(request::putRawQueryParameter);
    return request.build();
  }

  private static String strip(String path) {
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  /** Put together from its parts, since {@code java.net.URI} would normalise what S3 must see. */
  private static String text(URI bucket, String path, SdkHttpRequest signed) {
    String query =
        SdkHttpUtils.encodeAndFlattenQueryParameters(signed.rawQueryParameters()).orElse("");
    return bucket.getScheme() + "://" + bucket.getRawAuthority() + path + "?" + query;
  }
}
