package io.keyveil.s3;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Where one bucket is reached, in the parts that a signed URL is put together from.
 *
 * @param origin what the URL begins with, such as {@code https://s3.example.org:8443}
 * @param host the {@code Host} field that clients send: without the scheme's own port
 * @param path the percent-encoded path that the key is appended to; ends with a slash
 */
record BucketEndpoint(String origin, String host, String path) {
  static BucketEndpoint of(URI bucket) {
    return new BucketEndpoint(
        bucket.getScheme() + "://" + bucket.getRawAuthority(),
        host(bucket),
        slashed(bucket.getRawPath()));
  }

  private static String host(URI bucket) {
    boolean usual =
        bucket.getPort() < 0 || bucket.getPort() == ("https".equals(bucket.getScheme()) ? 443 : 80);
    return usual ? bucket.getHost() : bucket.getHost() + ":" + bucket.getPort();
  }

  private static String slashed(@Nullable String path) {
    return path == null ? "/" : path.endsWith("/") ? path : path + "/";
  }
}
