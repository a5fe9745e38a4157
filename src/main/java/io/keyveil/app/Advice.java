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
      case YES -> yes(check, trait, opaque);
      case NO -> no(check, trait, opaque);
      case NOT_SUPPORTED -> Finding.unsupported(check);
      case FORBIDDEN ->
          Finding.note(
              check,
              "our credentials may not look",
              "run doctor with the rights of DoctorPolicy in deploy/aws/keyveil.yaml");
    };
  }

  private static Finding yes(String check, BucketTrait trait, boolean opaque) {
    return trait == BucketTrait.CORS && !opaque
        ? Finding.note(
            check,
            "pages of other origins may ask a bucket that no browser should see",
            "remove its CORS rules: the gateway answers for it")
        : Finding.well(check);
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
      case CORS ->
          opaque
              ? Finding.note(
                  check,
                  "pages of other origins cannot follow redirects",
                  "allow GET from your portals' origins and null, if they are to")
              : Finding.well(check);
    };
  }
}
