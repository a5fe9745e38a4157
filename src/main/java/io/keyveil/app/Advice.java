package io.keyveil.app;

import io.keyveil.s3.BucketTrait;
import io.keyveil.s3.BucketTrait.Answer;

/** What is to be said about how a bucket is kept. */
final class Advice {
  private Advice() {}

  /**
   * @param opaque whether it is the bucket that redirects show
   */
  static Finding on(String bucket, BucketTrait trait, Answer answer, boolean opaque) {
    String check = bucket + " " + trait.word();
    return switch (answer) {
      case YES -> Finding.well(check);
      case NO -> no(check, trait, opaque);
      case NOT_SUPPORTED -> Finding.unsupported(check);
      case FORBIDDEN -> forbidden(check);
    };
  }

  static Finding forbidden(String check) {
    return Finding.note(
        check,
        "our credentials may not look",
        "run doctor with the rights of DoctorPolicy in deploy/aws/keyveil.yaml");
  }

  private static Finding no(String check, BucketTrait trait, boolean opaque) {
    return switch (trait) {
      case PUBLIC_ACCESS_BLOCK ->
          Finding.failure(
              check,
              "the bucket may be made public",
              "aws s3api put-public-access-block, with all four blocks");
      case DEFAULT_ENCRYPTION ->
          Finding.warning(
              check,
              "objects are not encrypted by default",
              "aws s3api put-bucket-encryption, with aws:kms and a bucket key");
      case HTTPS_ONLY ->
          Finding.failure(
              check,
              "its policy lets plain HTTP in",
              "deny s3:* to everybody where aws:SecureTransport is false");
      case SIGNATURE_AGE ->
          Finding.warning(
              check,
              "its policy takes presigned URLs for as long as they say",
              "deny s3:* to everybody where s3:signatureAge is more than 300000");
      case VERSIONING ->
          Finding.warning(
              check,
              "what is overwritten is gone, and with it the file that was registered",
              "aws s3api put-bucket-versioning --versioning-configuration Status=Enabled");
      case LOGGING ->
          opaque
              ? Finding.warning(
                  check,
                  "nobody can tell what became of redirects",
                  "turn on server access logging, or CloudTrail data events")
              : Finding.note(
                  check,
                  "access past the gateway leaves no trace",
                  "turn on server access logging, or CloudTrail data events");
      case CUSTOMER_KEY ->
          Finding.warning(
              check,
              "no key of yours encrypts it (SSE-S3, or AWS's own key in KMS): who may read the bucket"
                  + " may read what is in it",
              "aws s3api put-bucket-encryption, with aws:kms, KMSMasterKeyID and a bucket key");
      case BUCKET_KEY ->
          Finding.note(
              check,
              "KMS is asked for each object, which costs money and time and has a limit",
              "aws s3api put-bucket-encryption, with BucketKeyEnabled");
      case OBJECT_LOCK ->
          Finding.failure(
              check,
              "what is shipped there can be overwritten and deleted, or is refused",
              "ship to a bucket made with --object-lock-enabled-for-bucket (AuditBucket in"
                  + " deploy/aws/keyveil.yaml)");
      case RETENTION ->
          Finding.failure(
              check,
              "audit.ship.mode is none, and the bucket holds nothing fast for audit.ship.retention",
              "aws s3api put-object-lock-configuration with a default retention, or another"
                  + " audit.ship.mode");
    };
  }
}
