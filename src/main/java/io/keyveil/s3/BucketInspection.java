package io.keyveil.s3;

import io.keyveil.s3.BucketTrait.Answer;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.PublicAccessBlockConfiguration;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Asks S3 how a bucket is kept. Third-party servers know few of these questions, and some answer
 * what they do not know with something else: only an answer that says yes is one. All of it blocks.
 */
public final class BucketInspection {
  /** S3's ways to say that there is none. */
  private static final Set<String> NONE =
      Set.of(
          "NoSuchPublicAccessBlockConfiguration",
          "ServerSideEncryptionConfigurationNotFoundError",
          "NoSuchBucketPolicy",
          "NoSuchCORSConfiguration");

  private final S3Client client;
  private final boolean aws;
  private final InstantSource clock;

  /**
   * @param aws whether this is AWS itself, where an empty answer means no
   */
  BucketInspection(S3Client client, boolean aws, InstantSource clock) {
    this.client = client;
    this.aws = aws;
    this.clock = clock;
  }

  /** Everything that can be asked of a bucket. */
  public Map<BucketTrait, Answer> ask(String bucket) {
    Map<BucketTrait, Answer> answers = new EnumMap<>(BucketTrait.class);
    answers.put(BucketTrait.PUBLIC_ACCESS_BLOCK, answer(() -> isShut(bucket)));
    answers.put(BucketTrait.DEFAULT_ENCRYPTION, answer(() -> isEncrypted(bucket)));
    answers.put(
        BucketTrait.HTTPS_ONLY, answer(() -> policy(bucket).map(BucketPolicy::deniesPlainHttp)));
    answers.put(
        BucketTrait.SIGNATURE_AGE,
        answer(() -> policy(bucket).map(BucketPolicy::deniesOldSignatures)));
    answers.put(BucketTrait.CORS, answer(() -> hasCors(bucket)));
    answers.put(BucketTrait.VERSIONING, answer(() -> keepsVersions(bucket)));
    answers.put(BucketTrait.LOGGING, answer(() -> isLogged(bucket)));
    return answers;
  }

  /** By how much S3's clock is ahead of ours; empty if it does not tell. */
  public Optional<Duration> ahead(String bucket) {
    try {
      return date(client.listObjectsV2(ask -> ask.bucket(bucket).maxKeys(1)).sdkHttpResponse());
    } catch (S3Exception e) {
      return e.awsErrorDetails() == null
          ? Optional.empty()
          : date(e.awsErrorDetails().sdkHttpResponse());
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }

  private Optional<Duration> date(SdkHttpResponse response) {
    return response
        .firstMatchingHeader("Date")
        .flatMap(BucketInspection::parse)
        .map(told -> Duration.between(clock.instant(), told));
  }

  private static Optional<Instant> parse(String date) {
    try {
      return Optional.of(
          ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** Empty: the answer says neither yes nor no. */
  private Answer answer(Supplier<Optional<Boolean>> question) {
    try {
      return question
          .get()
          .map(yes -> yes ? Answer.YES : Answer.NO)
          .orElse(aws ? Answer.NO : Answer.NOT_SUPPORTED);
    } catch (S3Exception e) {
      return refusal(e);
    } catch (RuntimeException e) {
      // Also what is no answer to that question; the SDK lets some of its client's own through.
      return Answer.NOT_SUPPORTED;
    }
  }

  private static Answer refusal(S3Exception e) {
    String code = e.awsErrorDetails() == null ? "" : e.awsErrorDetails().errorCode();
    if (code != null && NONE.contains(code)) {
      return Answer.NO;
    }
    return e.statusCode() == 403 ? Answer.FORBIDDEN : Answer.NOT_SUPPORTED;
  }

  private Optional<Boolean> isShut(String bucket) {
    return Optional.ofNullable(
            client.getPublicAccessBlock(ask -> ask.bucket(bucket)).publicAccessBlockConfiguration())
        .filter(blocks -> blocks.blockPublicAcls() != null)
        .map(BucketInspection::blocksAll);
  }

  private static boolean blocksAll(PublicAccessBlockConfiguration blocks) {
    return Stream.of(
            blocks.blockPublicAcls(),
            blocks.ignorePublicAcls(),
            blocks.blockPublicPolicy(),
            blocks.restrictPublicBuckets())
        .allMatch(Boolean.TRUE::equals);
  }

  private Optional<Boolean> isEncrypted(String bucket) {
    return Optional.ofNullable(
            client
                .getBucketEncryption(ask -> ask.bucket(bucket))
                .serverSideEncryptionConfiguration())
        .filter(rules -> !rules.rules().isEmpty())
        .map(rules -> true);
  }

  private Optional<BucketPolicy> policy(String bucket) {
    return Optional.ofNullable(client.getBucketPolicy(ask -> ask.bucket(bucket)).policy())
        .flatMap(BucketPolicy::parse);
  }

  private Optional<Boolean> hasCors(String bucket) {
    return Optional.of(client.getBucketCors(ask -> ask.bucket(bucket)).corsRules())
        .filter(rules -> !rules.isEmpty())
        .map(rules -> true);
  }

  private Optional<Boolean> keepsVersions(String bucket) {
    return Optional.ofNullable(client.getBucketVersioning(ask -> ask.bucket(bucket)).status())
        .map(BucketVersioningStatus.ENABLED::equals);
  }

  private Optional<Boolean> isLogged(String bucket) {
    return Optional.ofNullable(client.getBucketLogging(ask -> ask.bucket(bucket)).loggingEnabled())
        .map(target -> target.targetBucket() != null);
  }
}
