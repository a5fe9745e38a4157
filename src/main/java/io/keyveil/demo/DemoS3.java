package io.keyveil.demo;

import java.net.URI;

/** A running S3 server in this process, reached by path style. */
public interface DemoS3 extends AutoCloseable {
  /** Where it listens, on loopback. */
  URI endpoint();

  /** Whether an object is there. */
  boolean has(String bucket, String key);

  /** Puts an object. */
  void put(String bucket, String key, byte[] content);

  @Override
  void close();
}
