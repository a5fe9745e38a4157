package io.keyveil.file;

import java.util.Objects;
import java.util.Optional;

/**
 * Where an object lies in S3: bucket, key and version. It cannot be printed, because a key that a
 * person chose may name a patient.
 */
public final class ObjectKey {
  private final String bucket;
  private final String key;
  private final Optional<String> version;

  public ObjectKey(String bucket, String key, Optional<String> version) {
    this.bucket = Objects.requireNonNull(bucket);
    this.key = Objects.requireNonNull(key);
    this.version = Objects.requireNonNull(version);
  }

  /** The bucket, for the store and for S3 only. */
  public String bucket() {
    return bucket;
  }

  /** The key, for the store and for S3 only. */
  public String key() {
    return key;
  }

  /** The version to read; empty reads the current one. */
  public Optional<String> version() {
    return version;
  }

  public ObjectKey withVersion(Optional<String> newVersion) {
    return new ObjectKey(bucket, key, newVersion);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ObjectKey that
        && bucket.equals(that.bucket)
        && key.equals(that.key)
        && version.equals(that.version);
  }

  @Override
  public int hashCode() {
    return Objects.hash(bucket, key, version);
  }

  @Override
  public String toString() {
    return "ObjectKey[***]";
  }
}
