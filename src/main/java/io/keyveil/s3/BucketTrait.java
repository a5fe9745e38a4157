package io.keyveil.s3;

import java.util.Locale;

/** How a bucket may be kept, as far as its owner can be asked. */
public enum BucketTrait {
  /** All four blocks of public access are on. */
  PUBLIC_ACCESS_BLOCK,
  /** What is put there is encrypted without being asked. */
  DEFAULT_ENCRYPTION,
  /** The key that it is encrypted with is its owner's, in KMS, so that reading takes two rights. */
  CUSTOMER_KEY,
  /** KMS is asked once for many objects. */
  BUCKET_KEY,
  /** Its policy denies plain HTTP. */
  HTTPS_ONLY,
  /** Its policy denies signatures older than five minutes. */
  SIGNATURE_AGE,
  /** It keeps versions. */
  VERSIONING,
  /** Its access is logged. */
  LOGGING,
  /** What is put there can be held fast. */
  OBJECT_LOCK,
  /** What is put there is held fast without being asked. */
  RETENTION;

  /** The word for reports. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What an owner's answer tells. */
  public enum Answer {
    YES,
    NO,
    /** The server does not know the question, or its answer says nothing. */
    NOT_SUPPORTED,
    /** Our credentials may not ask. */
    FORBIDDEN
  }
}
