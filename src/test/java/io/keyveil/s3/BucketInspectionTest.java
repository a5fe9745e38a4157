package io.keyveil.s3;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.keyveil.s3.BucketTrait.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** Only an answer that says yes is one. */
class BucketInspectionTest {
  private static final String POLICY =
      """
      {"Statement": [
        {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
         "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": ["s3:*"], "Resource": "*",
         "Condition": {"NumericGreaterThan": {"s3:signatureAge": "300000"}}}]}
      """;

  /** What is answered to each question: a status and a body. */
  private final Map<String, Told> answers = new ConcurrentHashMap<>();

  private HttpServer server;
  private S3Client client;

  private record Told(int status, String body) {}

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    client =
        S3Client.builder()
            .endpointOverride(URI.create("http://127.0.0.1:" + server.getAddress().getPort()))
            .region(Region.US_EAST_1)
            .forcePathStyle(true)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("a", "b")))
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .overrideConfiguration(config -> config.retryStrategy(retry -> retry.maxAttempts(1)))
            .build();
  }

  @AfterEach
  void stop() {
    client.close();
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String query = exchange.getRequestURI().getRawQuery();
    String question = query == null ? "" : query.replaceFirst("[=&].*", "");
    Told told = answers.getOrDefault(question, answers.getOrDefault("*", new Told(501, "")));
    byte[] body = told.body().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(told.status(), body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static Told refusal(int status, String code) {
    return new Told(status, "<Error><Code>" + code + "</Code></Error>");
  }

  private Map<BucketTrait, Answer> ask(boolean aws) {
    return new BucketInspection(client, aws, InstantSource.system()).ask("bucket");
  }

  private void keepWell() {
    answers.put(
        "publicAccessBlock",
        new Told(
            200,
            "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls>"
                + "<IgnorePublicAcls>true</IgnorePublicAcls>"
                + "<BlockPublicPolicy>true</BlockPublicPolicy>"
                + "<RestrictPublicBuckets>true</RestrictPublicBuckets>"
                + "</PublicAccessBlockConfiguration>"));
    answers.put(
        "encryption",
        new Told(
            200,
            "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>"
                + "<SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>k-1</KMSMasterKeyID>"
                + "</ApplyServerSideEncryptionByDefault>"
                + "<BucketKeyEnabled>true</BucketKeyEnabled></Rule>"
                + "</ServerSideEncryptionConfiguration>"));
    answers.put("policy", new Told(200, POLICY));
    answers.put(
        "cors",
        new Told(
            200,
            "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod>"
                + "<AllowedOrigin>null</AllowedOrigin><AllowedHeader>Range</AllowedHeader>"
                + "<ExposeHeader>ETag</ExposeHeader></CORSRule></CORSConfiguration>"));
    answers.put("object-lock", lock("<DefaultRetention><Days>400</Days></DefaultRetention>"));
    answers.put(
        "versioning",
        new Told(
            200, "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"));
    answers.put(
        "logging",
        new Told(
            200,
            "<BucketLoggingStatus><LoggingEnabled><TargetBucket>logs</TargetBucket>"
                + "<TargetPrefix>a</TargetPrefix></LoggingEnabled></BucketLoggingStatus>"));
  }

  private static Told lock(String retention) {
    return new Told(
        200,
        "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule>"
            + retention
            + "</Rule></ObjectLockConfiguration>");
  }

  private Map<BucketTrait, Answer> askVault(long days) {
    return new BucketInspection(client, true, InstantSource.system()).askVault("vault", days);
  }

  @Test
  void findsAWellKeptBucketWell() {
    keepWell();
    assertThat(ask(true)).hasSize(8).allSatisfy((trait, answer) -> isYes(answer));
    assertThat(ask(false)).allSatisfy((trait, answer) -> isYes(answer));
  }

  private static void isYes(Answer answer) {
    assertThat(answer).isEqualTo(Answer.YES);
  }

  @Test
  void readsTheRulesForPages() {
    keepWell();
    var pages = new BucketInspection(client, true, InstantSource.system()).pages("bucket");
    assertThat(pages.answer()).isEqualTo(Answer.YES);
    assertThat(pages.rules())
        .containsExactly(
            new CorsRule(List.of("null"), List.of("GET"), List.of("range"), List.of("etag")));
    answers.put("cors", refusal(404, "NoSuchCORSConfiguration"));
    assertThat(new BucketInspection(client, false, InstantSource.system()).pages("b").answer())
        .isEqualTo(Answer.NO);
    answers.put("cors", refusal(501, "NotImplemented"));
    assertThat(new BucketInspection(client, false, InstantSource.system()).pages("b").answer())
        .isEqualTo(Answer.NOT_SUPPORTED);
  }

  @Test
  void tellsWhoseKeyItIs() {
    keepWell();
    Told well = answers.getOrDefault("encryption", new Told(500, ""));
    answers.put(
        "encryption",
        new Told(200, well.body().replace(">aws:kms<", ">AES256<").replace(">true<", ">false<")));
    assertThat(ask(true))
        .containsEntry(BucketTrait.DEFAULT_ENCRYPTION, Answer.YES)
        .containsEntry(BucketTrait.CUSTOMER_KEY, Answer.NO)
        .doesNotContainKey(BucketTrait.BUCKET_KEY);
    answers.put(
        "encryption",
        new Told(200, well.body().replace("<KMSMasterKeyID>k-1</KMSMasterKeyID>", "")));
    assertThat(ask(true)).containsEntry(BucketTrait.CUSTOMER_KEY, Answer.NO);
    answers.put(
        "encryption",
        new Told(200, well.body().replace(">k-1<", ">arn:aws:kms:eu-west-1:1:alias/aws/s3<")));
    assertThat(ask(true)).containsEntry(BucketTrait.CUSTOMER_KEY, Answer.NO);
    answers.put("encryption", new Told(200, well.body().replace(">true<", ">false<")));
    assertThat(ask(true))
        .containsEntry(BucketTrait.CUSTOMER_KEY, Answer.YES)
        .containsEntry(BucketTrait.BUCKET_KEY, Answer.NO);
  }

  @Test
  void looksWhetherAVaultHoldsFast() {
    keepWell();
    assertThat(askVault(0))
        .containsEntry(BucketTrait.OBJECT_LOCK, Answer.YES)
        .doesNotContainKey(BucketTrait.RETENTION)
        .doesNotContainKey(BucketTrait.SIGNATURE_AGE);
    assertThat(askVault(400)).containsEntry(BucketTrait.RETENTION, Answer.YES);
    assertThat(askVault(401)).containsEntry(BucketTrait.RETENTION, Answer.NO);
    answers.put("object-lock", lock("<DefaultRetention><Years>2</Years></DefaultRetention>"));
    assertThat(askVault(401)).containsEntry(BucketTrait.RETENTION, Answer.YES);
    answers.put("object-lock", lock(""));
    assertThat(askVault(401)).containsEntry(BucketTrait.RETENTION, Answer.NO);
    answers.put("object-lock", refusal(404, "ObjectLockConfigurationNotFoundError"));
    assertThat(askVault(0)).containsEntry(BucketTrait.OBJECT_LOCK, Answer.NO);
    answers.put("object-lock", refusal(501, "NotImplemented"));
    assertThat(askVault(0)).containsEntry(BucketTrait.OBJECT_LOCK, Answer.NOT_SUPPORTED);
  }

  @Test
  void findsWhatIsMissing() {
    answers.put("publicAccessBlock", refusal(404, "NoSuchPublicAccessBlockConfiguration"));
    answers.put("encryption", refusal(404, "ServerSideEncryptionConfigurationNotFoundError"));
    answers.put("policy", refusal(404, "NoSuchBucketPolicy"));
    answers.put("cors", refusal(404, "NoSuchCORSConfiguration"));
    answers.put("versioning", new Told(200, "<VersioningConfiguration/>"));
    answers.put("logging", new Told(200, "<BucketLoggingStatus/>"));
    assertThat(ask(true)).allSatisfy((trait, answer) -> assertThat(answer).isEqualTo(Answer.NO));
    assertThat(ask(false))
        .containsEntry(BucketTrait.HTTPS_ONLY, Answer.NO)
        .containsEntry(BucketTrait.VERSIONING, Answer.NOT_SUPPORTED)
        .containsEntry(BucketTrait.LOGGING, Answer.NOT_SUPPORTED);
  }

  @Test
  void aHalfShutBucketIsNotShut() {
    keepWell();
    answers.computeIfPresent(
        "publicAccessBlock",
        (question, told) ->
            new Told(
                200, told.body().replace("<BlockPublicPolicy>true", "<BlockPublicPolicy>false")));
    answers.put("policy", new Told(200, POLICY.replace("300000", "300001")));
    assertThat(ask(true))
        .containsEntry(BucketTrait.PUBLIC_ACCESS_BLOCK, Answer.NO)
        .containsEntry(BucketTrait.SIGNATURE_AGE, Answer.NO)
        .containsEntry(BucketTrait.HTTPS_ONLY, Answer.YES);
  }

  /** A denial that holds for some only is none. */
  @Test
  void aNarrowDenialIsNone() {
    for (String narrow :
        new String[] {
          POLICY.replace("\"*\", \"Action\"", "{\"AWS\": \"arn:aws:iam::1:root\"}, \"Action\""),
          POLICY.replace("\"false\"}", "\"false\", \"aws:SourceIp\": \"10.0.0.0/8\"}"),
          POLICY.replace("\"Deny\"", "\"Allow\""),
          "no JSON"
        }) {
      answers.put("policy", new Told(200, narrow));
      assertThat(ask(true)).as(narrow).containsEntry(BucketTrait.HTTPS_ONLY, Answer.NO);
    }
  }

  @Test
  void whatAServerDoesNotKnowIsNoPass() {
    for (Told told :
        new Told[] {
          refusal(501, "NotImplemented"),
          refusal(405, "MethodNotAllowed"),
          refusal(400, "InvalidRequest"),
          refusal(404, "NoSuchKey"),
          new Told(500, ""),
          new Told(200, "<ListBucketResult><Name>bucket</Name></ListBucketResult>"),
          new Told(200, "no XML"),
          new Told(200, "")
        }) {
      answers.put("*", told);
      assertThat(ask(false))
          .as(told.toString())
          .allSatisfy((trait, answer) -> assertThat(answer).isEqualTo(Answer.NOT_SUPPORTED));
    }
    answers.put("*", refusal(403, "AccessDenied"));
    assertThat(ask(true))
        .allSatisfy((trait, answer) -> assertThat(answer).isEqualTo(Answer.FORBIDDEN));
  }

  /** Also a refusal has a date, that for a clock that is off above all. */
  @Test
  void readsTheClock() {
    Instant now = Instant.now();
    for (Told told :
        new Told[] {new Told(200, "<ListBucketResult/>"), refusal(403, "RequestTimeTooSkewed")}) {
      answers.put("*", told);
      Duration ahead =
          new BucketInspection(client, false, InstantSource.fixed(now.minusSeconds(3600)))
              .ahead("bucket")
              .orElseThrow();
      assertThat(ahead).isBetween(Duration.ofMinutes(59), Duration.ofMinutes(65));
    }
  }
}
