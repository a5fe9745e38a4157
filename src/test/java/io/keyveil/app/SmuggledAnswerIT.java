package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.delivery.ResumeSettings;
import io.keyveil.s3.LyingS3;
import io.keyveil.s3.LyingS3.Lie;
import io.keyveil.s3.LyingS3.Told;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpVersion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What S3 sends behind an answer is not taken for the next one, not even where a request waits for
 * that very connection.
 */
class SmuggledAnswerIT {
  /** Fits into what a connection holds, twice, so that S3 has sent all before any of it is read. */
  private static final int SIZE = 30_000;

  private static final int ROUNDS = 150;
  private static final int WAITING = 4;
  @TempDir Path folder;

  @Test
  void isNotTakenForTheNextAnswer() throws Exception {
    try (LyingGateway lying =
        LyingGateway.start(
            folder,
            SIZE,
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            new ResumeSettings(4, Duration.ofMillis(1), Duration.ofSeconds(10)),
            settings ->
                LyingGateway.with(
                    settings, LyingGateway.connections(settings.s3(), 1), settings.delivery()))) {
      HttpClientAgent client = lying.harness().client(HttpVersion.HTTP_2);
      String token = lying.harness().reader("alice");
      ExecutorService threads = Executors.newFixedThreadPool(WAITING);
      for (int round = 0; round < ROUNDS; round++) {
        // One read after the other ends in other places, in the answer behind as well.
        int length = SIZE - 97 * round;
        lying.s3().tellOf(LyingGateway.PATH, List.of(Told.of(Lie.BYTES_BEHIND_THE_END)));
        List<Future<Fetch>> fetches = new ArrayList<>();
        for (int i = 0; i < WAITING; i++) {
          fetches.add(
              threads.submit(
                  () ->
                      Fetch.with(
                          token,
                          lying.harness(),
                          client,
                          lying.id(),
                          "Range",
                          "bytes=0-" + (length - 1))));
        }
        for (Future<Fetch> fetch : fetches) {
          expectRight(fetch.get(), length);
        }
      }
      threads.shutdown();
    }
  }

  private static void expectRight(Fetch fetch, int length) {
    assertThat(fetch.whole()).isTrue();
    assertThat(fetch.status()).isEqualTo(206);
    assertThat(fetch.bytes().getBytes()).isEqualTo(LyingS3.content(0, length));
  }
}
