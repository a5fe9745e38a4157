package io.keyveil.audit;

import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A process with an audit log and downloads that begin and end without a pause, to be killed. It
 * says which decisions it was told to be on disk, one ID a line.
 */
final class AuditProcess {
  private static final int AT_ONCE = 16;

  private AuditProcess() {}

  public static void main(String[] arguments) {
    Vertx vertx = Vertx.vertx();
    try {
      AuditSettings settings =
          new AuditSettings(
              Path.of(arguments[0]),
              Durability.WRITE,
              10_000,
              Optional.empty(),
              Optional.of(CheckpointTest.KEY),
              "example.org/log",
              new AuditSettings.CheckpointRate(50, Duration.ofSeconds(1)),
              new AuditSettings.Rotation(64 * 1024, Duration.ofDays(1)),
              Duration.ofMinutes(1),
              ShipSettings.DEFAULTS);
      FileAuditLog log =
          FileAuditLog.open(vertx, settings, InstantSource.system(), SampleRecords.RANDOM);
      // As a gateway does: its start is signed before anybody can download.
      log.append(SampleRecords.management("start")).compose(begun -> log.checkpoint()).await();
      System.out.println("opened");
      long downloads = Long.parseLong(arguments[1]);
      if (downloads == 0) {
        log.close().await();
        System.exit(0);
      }
      AtomicLong left = new AtomicLong(downloads);
      for (int i = 0; i < AT_ONCE; i++) {
        vertx.getOrCreateContext().runOnContext(now -> next(log, left));
      }
    } catch (AuditUnavailableException e) {
      System.out.println(e.getMessage());
      System.exit(1);
    }
  }

  private static void next(FileAuditLog log, AtomicLong left) {
    if (left.decrementAndGet() < 0) {
      return;
    }
    AuditRecord.Intent intent = SampleRecords.intent("r" + left.get());
    var unused =
        log.append(intent)
            .onSuccess(
                written -> {
                  System.out.println(intent.event());
                  var unusedEnd =
                      log.follow(SampleRecords.completion(intent))
                          .onComplete(over -> next(log, left));
                });
  }
}
