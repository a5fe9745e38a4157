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
import io.keyveil.s3.LyingS3.Lie;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.buffer.PooledByteBufAllocator;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * Clients that leave at any moment leave nothing behind: no transfer, no read, no connection, no
 * descriptor, no memory.
 */
@Tag("long")
class AbortsIT {
  private static final int SIZE = 1 << 20;
  private static final int ABORTS = 10_000;
  private static final int WARM = 1_000;

  /** Descriptors that the process itself may open and close meanwhile. */
  private static final long SPARE = 16;

  /** How many downloads run at once. */
  private static final int TOGETHER = 25;

  /** What an allocator may keep for later, beyond thrice what it had after the first rounds. */
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
    long descriptors = 0;
    long pinned = 0;
    for (int done = 0; done < ABORTS; done += TOGETHER) {
      if (done == WARM) {
        early = atRest();
        descriptors = descriptors();
        pinned = pinned();
      }
      abortSome(token);
    }
    long late = atRest();
    long most = descriptors + SPARE;
    Wait.until("the end of the descriptors", () -> descriptors() <= most);
    System.out.println("AbortsIT: direct memory " + early + " bytes, then " + late);
    assertThat(late).isLessThan(3 * early + SLACK);
    long mostPinned = pinned + SLACK / 8;
    Wait.until("the end of the buffers", () -> pinned() <= mostPinned);
    assertThat(List.copyOf(LOG.list).stream().map(AbortsIT::told))
        .as("memory given back while somebody still meant to send it")
        .noneMatch(line -> line.contains("still referenced") || line.contains("refCnt"));
    expectEndings();
    lying.s3().tell(Lie.NONE);
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

  /** Bytes in buffers that somebody holds; without what the allocator keeps for later. */
  private static long pinned() {
    return ((PooledByteBufAllocator) ByteBufAllocator.DEFAULT).pinnedDirectMemory();
  }

  /** Open descriptors, without both ends of the connections to S3 that are at rest. */
  private static long descriptors() {
    try (var open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count() - 2L * lying.s3().open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
    List<JsonObject> records = lying.harness().audit().stream().map(JsonObject::new).toList();
    assertThat(events(records, "completion"))
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(events(records, "intent"));
    assertThat(events(records, "intent").size()).isGreaterThan(ABORTS / 2);
    Set<String> outcomes =
        records.stream()
            .filter(record -> record.getString("kind").equals("completion"))
            .map(record -> record.getString("outcome"))
            .collect(Collectors.toSet());
    assertThat(outcomes).isSubsetOf("aborted-by-client", "complete");
    assertThat(outcomes).contains("aborted-by-client");
  }

  private static List<String> events(List<JsonObject> records, String kind) {
    return records.stream()
        .filter(record -> record.getString("kind").equals(kind))
        .map(record -> record.getString("event"))
        .sorted()
        .toList();
  }

  private static long count(String kind) {
    String words = "\"kind\":\"" + kind + "\"";
    return lying.harness().audit().stream().filter(line -> line.contains(words)).count();
  }

  /** A few at once, of one kind of client, before one kind of S3. */
  private void abortSome(String token) {
    boolean silent = random.nextInt(4) == 0;
    lying.s3().tell(silent ? Lie.SILENT : random.nextInt(4) == 0 ? Lie.STALL_IN_BODY : Lie.NONE);
    HttpClientAgent client =
        switch (random.nextInt(6)) {
          case 0 -> lying.harness().client(HttpVersion.HTTP_1_1);
          case 1 -> lying.harness().client(HttpVersion.HTTP_1_1, 0);
          default -> lying.harness().client(HttpVersion.HTTP_2);
        };
    if (silent) {
      leaveAsked(client, token);
    } else {
      leaveAtAnyMoment(client, token);
    }
    client.close().await();
    Wait.until("the end of the reads", () -> lying.s3().answering() == 0);
  }

  /** All of them leave when S3 has been asked, which never answers. */
  private static void leaveAsked(HttpClientAgent client, String token) {
    int asked = lying.s3().gets() + TOGETHER;
    List<HttpClientRequest> requests = new ArrayList<>();
    for (int i = 0; i < TOGETHER; i++) {
      HttpClientRequest request = client.request(options(token)).await();
      var unused = request.send();
      requests.add(request);
    }
    Wait.until("the questions to S3", () -> lying.s3().gets() >= asked);
    Future.join(requests.stream().map(HttpClientRequest::reset).toList()).otherwiseEmpty().await();
  }

  /** Each leaves when a random number of bytes has come, or before the answer. */
  private void leaveAtAnyMoment(HttpClientAgent client, String token) {
    List<Future<Void>> leaving = new ArrayList<>();
    for (int i = 0; i < TOGETHER; i++) {
      int after = moment();
      leaving.add(client.request(options(token)).compose(request -> leave(request, after)));
    }
    Future.join(leaving).otherwiseEmpty().await();
  }

  /** After so many bytes; -1 at once after the request, 0 at the head of the answer. */
  private int moment() {
    return switch (random.nextInt(6)) {
      case 0 -> -1;
      case 1 -> 0;
      case 2 -> random.nextInt(1000);
      case 3 -> random.nextInt(SIZE / 2 - 1);
      default -> random.nextInt(SIZE / 8);
    };
  }

  private static RequestOptions options(String token) {
    return new RequestOptions()
        .setMethod(HttpMethod.GET)
        .setHost("localhost")
        .setPort(lying.harness().gateway().port())
        .setURI("/files/" + lying.id())
        .putHeader("Authorization", "Bearer " + token);
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
