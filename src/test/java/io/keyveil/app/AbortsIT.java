package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.read.ListAppender;
import io.keyveil.file.Checksum;
import io.keyveil.file.SampleFiles;
import io.keyveil.s3.LyingS3;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Clients that leave at any moment leave nothing behind: no transfer, no read, no memory. */
class AbortsIT {
  private static final int SIZE = 4 << 20;
  private static final int ABORTS = 2_000;
  private static final int WARM = 500;

  /** How many downloads run at once. */
  private static final int TOGETHER = 10;

  /** What an allocator may keep for later, beyond twice what it had after the first rounds. */
  private static final long SLACK = 8L << 20;

  private static final ListAppender<ILoggingEvent> LOG = new ListAppender<>();

  @TempDir static Path folder;
  private static LyingGateway lying;

  private final long seed = Long.getLong("keyveil.seed", new Random().nextLong());
  private final Random random = new Random(seed);

  @BeforeAll
  static void start() {
    LyingGateway unchecked =
        LyingGateway.start(folder, SIZE, Duration.ofMinutes(2), Duration.ofMinutes(10));
    // With a checksum known, each download holds a chunk back that leaving must give back, too.
    unchecked
        .s3()
        .vouch(
            "x-amz-checksum-crc32c",
            SampleFiles.checksum(Checksum.Algorithm.CRC32C, LyingS3.content(0, SIZE)).base64());
    lying =
        new LyingGateway(
            unchecked.s3(), unchecked.harness(), LyingGateway.register(unchecked.harness()));
    LOG.setContext((LoggerContext) LoggerFactory.getILoggerFactory());
    LOG.start();
    ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).addAppender(LOG);
  }

  @AfterAll
  static void stop() {
    ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).detachAppender(LOG);
    lying.close();
  }

  @Test
  void leaveNothingBehind() {
    System.out.println("AbortsIT: seed " + seed + " (repeat with -Dkeyveil.seed)");
    String token = lying.harness().reader("alice");
    long early = 0;
    for (int done = 0; done < ABORTS; done += TOGETHER) {
      if (done == WARM) {
        early = atRest();
      }
      abortSome(token);
    }
    long late = atRest();
    System.out.println("AbortsIT: direct memory " + early + " bytes, then " + late);
    assertThat(late).isLessThan(2 * early + SLACK);
    assertThat(List.copyOf(LOG.list).stream().map(AbortsIT::told))
        .as("memory given back while somebody still meant to send it")
        .noneMatch(line -> line.contains("still referenced") || line.contains("refCnt"));
    expectEndings();
    for (HttpVersion version : List.of(HttpVersion.HTTP_1_1, HttpVersion.HTTP_2)) {
      HttpClientAgent client = lying.harness().client(version);
      Fetch fetch = Fetch.of(lying.harness(), client, lying.id());
      assertThat(fetch.whole()).isTrue();
      assertThat(fetch.bytes().getBytes()).isEqualTo(LyingS3.content(0, SIZE));
      client.close().await();
    }
  }

  /** Waits until all is over; gives the direct memory that is held even so. */
  private static long atRest() {
    Wait.until("no transfer", () -> metrics().contains("\nkeyveil_downloads_running 0.0\n"));
    Wait.until("no read", () -> lying.s3().answering() == 0);
    assertThat(lying.s3().open())
        .isLessThanOrEqualTo(lying.harness().settings().s3().connections());
    return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric().usedDirectMemory();
  }

  private static String told(ILoggingEvent event) {
    StringBuilder line = new StringBuilder(event.getFormattedMessage());
    for (IThrowableProxy cause = event.getThrowableProxy();
        cause != null;
        cause = cause.getCause()) {
      line.append(' ').append(cause.getMessage());
    }
    return line.toString();
  }

  private static String metrics() {
    return "\n" + lying.harness().management("/metrics").text();
  }

  /** Of those that were decided, each has its record, and none that was left is a fault of S3's. */
  private static void expectEndings() {
    Wait.until("the records", () -> count("intent") == count("completion"));
    Set<String> outcomes =
        lying.harness().audit().stream()
            .map(JsonObject::new)
            .filter(record -> record.getString("kind").equals("completion"))
            .map(record -> record.getString("outcome"))
            .collect(Collectors.toSet());
    assertThat(outcomes).isSubsetOf("aborted-by-client", "complete");
    assertThat(outcomes).contains("aborted-by-client");
  }

  private static long count(String kind) {
    return lying.harness().audit().stream()
        .map(JsonObject::new)
        .filter(record -> record.getString("kind").equals(kind))
        .count();
  }

  /** A few at once: each leaves when a random number of bytes has come, or before the answer. */
  private void abortSome(String token) {
    HttpVersion version = random.nextBoolean() ? HttpVersion.HTTP_1_1 : HttpVersion.HTTP_2;
    HttpClientAgent client = lying.harness().client(version);
    List<Future<Void>> leaving = new ArrayList<>();
    for (int i = 0; i < TOGETHER; i++) {
      leaving.add(leave(client, token, moment()));
    }
    Future.join(leaving).otherwiseEmpty().await();
    client.close().await();
  }

  /** After so many bytes; -1 at once after the request, 0 at the head of the answer. */
  private int moment() {
    return switch (random.nextInt(6)) {
      case 0 -> -1;
      case 1 -> 0;
      case 2 -> random.nextInt(1000);
      default -> random.nextInt(SIZE - 1);
    };
  }

  private static Future<Void> leave(HttpClientAgent client, String token, int after) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .setHost("localhost")
            .setPort(lying.harness().gateway().port())
            .setURI("/files/" + lying.id())
            .putHeader("Authorization", "Bearer " + token);
    return client.request(options).compose(request -> leave(request, after));
  }

  private static Future<Void> leave(HttpClientRequest request, int after) {
    Promise<Void> left = Promise.promise();
    Future<HttpClientResponse> answer = request.send();
    if (after < 0) {
      return request.reset().transform(reset -> Future.succeededFuture());
    }
    var unused =
        answer
            .onFailure(failure -> left.tryComplete())
            .onSuccess(response -> countAndLeave(response, after, left));
    return left.future();
  }

  private static void countAndLeave(HttpClientResponse response, int after, Promise<Void> left) {
    long[] got = {0};
    response.exceptionHandler(failure -> left.tryComplete());
    response.endHandler(ended -> left.tryComplete());
    response.handler(
        bytes -> {
          got[0] += bytes.length();
          if (got[0] > after) {
            go(response, left);
          }
        });
    if (after == 0) {
      go(response, left);
    }
  }

  private static void go(HttpClientResponse response, Promise<Void> left) {
    var unused = response.request().reset().onComplete(reset -> left.tryComplete());
  }
}
