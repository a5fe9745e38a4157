package io.keyveil.s3;

import java.net.URI;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.endpoints.S3EndpointParams;
import software.amazon.awssdk.services.s3.endpoints.S3EndpointProvider;

/**
 * Where each bucket is reached, by the SDK's own rules: partitions, path style, names with dots,
 * access point aliases. There are as many entries as configured buckets.
 */
final class BucketEndpoints {
  private final S3EndpointProvider provider = S3EndpointProvider.defaultProvider();
  private final ConcurrentMap<String, BucketEndpoint> known = new ConcurrentHashMap<>();
  private final Optional<URI> endpoint;
  private final String region;
  private final boolean pathStyle;

  BucketEndpoints(Optional<URI> endpoint, String region, boolean pathStyle) {
    this.endpoint = endpoint;
    this.region = region;
    this.pathStyle = pathStyle;
  }

  BucketEndpoint of(String bucket) {
    return known.computeIfAbsent(bucket, this::resolve);
  }

  private BucketEndpoint resolve(String bucket) {
    S3EndpointParams.Builder params =
        S3EndpointParams.builder()
            .bucket(bucket)
            .region(Region.of(region))
            .forcePathStyle(pathStyle);
    endpoint.map(URI::toString).ifPresent(params::endpoint);
    return BucketEndpoint.of(provider.resolveEndpoint(params.build()).join().endpointUrl().toUri());
  }
}
