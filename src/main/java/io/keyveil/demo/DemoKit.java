package io.keyveil.demo;

import java.nio.file.Path;
import java.util.List;

/** What the demo's own libraries provide. */
public interface DemoKit {
  /**
   * Starts an S3 server on a free loopback port; it checks version 4 signatures.
   *
   * @param folder where it keeps objects; created if missing
   * @param buckets buckets to make if they are missing
   */
  DemoS3 startS3(Path folder, String accessKeyId, String secretAccessKey, List<String> buckets);

  /**
   * Makes a self-signed certificate, valid for a year.
   *
   * @param hosts DNS names and IP addresses it speaks for
   */
  DemoCertificate certificate(List<String> hosts);
}
