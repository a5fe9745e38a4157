package io.keyveil.s3;

import io.keyveil.s3.BucketTrait.Answer;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.CORSRule;
import software.amazon.awssdk.services.s3.model.DefaultRetention;
import software.amazon.awssdk.services.s3.model.ObjectLockConfiguration;
import software.amazon.awssdk.services.s3.model.ObjectLockEnabled;
import software.amazon.awssdk.services.s3.model.PublicAccessBlockConfiguration;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionByDefault;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionRule;

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
          "NoSuchCORSConfiguration",
          "ObjectLockConfigurationNotFoundError");

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

  /** What is asked of every bucket whose files are given out. */
  public Map<BucketTrait, Answer> ask(String bucket) {
    Map<BucketTrait, Answer> answers = shut(bucket);
    answers.put(
        BucketTrait.SIGNATURE_AGE,
        answer(() -> policy(bucket).map(BucketPolicy::deniesOldSignatures)));
    answers.put(BucketTrait.LOGGING, answer(() -> isLogged(bucket)));
    return answers;
  }

  /**
   * What is asked of a bucket that holds audit files.
   *
   * @param least for how many days it has to hold them fast by itself; 0 if it is told each time
   */
  public Map<BucketTrait, Answer> askVault(String bucket, long least) {
    Map<BucketTrait, Answer> answers = shut(bucket);
    answers.put(BucketTrait.OBJECT_LOCK, answer(() -> locks(bucket)));
    if (least > 0) {
      answers.put(BucketTrait.RETENTION, answer(() -> retains(bucket, least)));
    }
    return answers;
  }

  private Map<BucketTrait, Answer> shut(String bucket) {
    Map<BucketTrait, Answer> answers = new EnumMap<>(BucketTrait.class);
    answers.put(BucketTrait.PUBLIC_ACCESS_BLOCK, answer(() -> isShut(bucket)));
    answers.put(BucketTrait.DEFAULT_ENCRYPTION, answer(() -> encryption(bucket).map(rule -> true)));
    Answer key = answer(() -> encryption(bucket).flatMap(BucketInspection::hasKeyOfItsOwner));
    answers.put(BucketTrait.CUSTOMER_KEY, key);
    if (key != Answer.NO) {
      answers.put(
          BucketTrait.BUCKET_KEY, answer(() -> encryption(bucket).map(BucketInspection::asksOnce)));
    }
    answers.put(
        BucketTrait.HTTPS_ONLY, answer(() -> policy(bucket).map(BucketPolicy::deniesPlainHttp)));
    answers.put(BucketTrait.VERSIONING, answer(() -> keepsVersions(bucket)));
    return answers;
  }

  /** Its rules for pages of other origins, and whether there are any. */
  public Pages pages(String bucket) {
    List<CorsRule> rules = new ArrayList<>();
    Answer answer =
        answer(
            () ->
                Optional.of(client.getBucketCors(ask -> ask.bucket(bucket)).corsRules())
                    .filter(found -> !found.isEmpty())
                    .map(found -> found.stream().map(BucketInspection::rule).toList())
                    .map(rules::addAll));
    return new Pages(answer, rules);
  }

  /**
   * What a bucket says of pages of other origins.
   *
   * @param answer whether it has rules
   * @param rules they
   */
  public record Pages(Answer answer, List<CorsRule> rules) {
    public Pages {
      rules = List.copyOf(rules);
    }
  }

  private static CorsRule rule(CORSRule rule) {
    return new CorsRule(
        rule.allowedOrigins(), rule.allowedMethods(), rule.allowedHeaders(), rule.exposeHeaders());
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

  private Optional<ServerSideEncryptionRule> encryption(String bucket) {
    return Optional.ofNullable(
            client
                .getBucketEncryption(ask -> ask.bucket(bucket))
                .serverSideEncryptionConfiguration())
        .flatMap(rules -> rules.rules().stream().findFirst())
        .filter(rule -> rule.applyServerSideEncryptionByDefault() != null);
  }

  /** AWS's own key serves whoever may read the bucket; one of the owner's has rights of its own. */
  private static Optional<Boolean> hasKeyOfItsOwner(ServerSideEncryptionRule rule) {
    ServerSideEncryptionByDefault given = rule.applyServerSideEncryptionByDefault();
    return Optional.ofNullable(given.sseAlgorithmAsString())
        .map(
            algorithm ->
                algorithm.startsWith("aws:kms")
                    && given.kmsMasterKeyID() != null
                    && !given.kmsMasterKeyID().endsWith("alias/aws/s3"));
  }

  private static boolean asksOnce(ServerSideEncryptionRule rule) {
    return Boolean.TRUE.equals(rule.bucketKeyEnabled());
  }

  private Optional<Boolean> locks(String bucket) {
    return lock(bucket).map(lock -> lock.objectLockEnabled() == ObjectLockEnabled.ENABLED);
  }

  private Optional<Boolean> retains(String bucket, long least) {
    return lock(bucket)
        .map(
            lock ->
                Optional.ofNullable(lock.rule())
                    .flatMap(rule -> Optional.ofNullable(rule.defaultRetention()))
                    .filter(retention -> days(retention) >= least)
                    .isPresent());
  }

  private static long days(DefaultRetention retention) {
    long years = Optional.ofNullable(retention.years()).orElse(0);
    return Optional.ofNullable(retention.days()).orElse(0) + years * 365;
  }

  private Optional<ObjectLockConfiguration> lock(String bucket) {
    return Optional.ofNullable(
            client.getObjectLockConfiguration(ask -> ask.bucket(bucket)).objectLockConfiguration())
        .filter(lock -> lock.objectLockEnabled() != null);
  }

  private Optional<BucketPolicy> policy(String bucket) {
    return Optional.ofNullable(client.getBucketPolicy(ask -> ask.bucket(bucket)).policy())
        .flatMap(BucketPolicy::parse);
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
