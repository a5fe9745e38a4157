package io.keyveil.audit;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the log does on this disk: records a second and the time that one waits, for so many clients
 * at once, with fsync and without, and how fast the log is verified afterwards. Arguments: a folder
 * that is not there yet, and how many records for each line; then, for whole downloads in place of
 * decisions alone, {@code downloads}: each has a completion, which nobody waits for.
 */
public final class AuditFigures {
  private AuditFigures() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    int records = Integer.parseInt(arguments[1]);
    boolean whole = arguments.length > 2 && arguments[2].equals("downloads");
    Vertx vertx = Vertx.vertx();
    for (Durability durability : Durability.values()) {
      for (int clients : new int[] {1, 32, 256, 2000}) {
        Path its = folder.resolve(durability.word() + "-" + clients);
        int part = clients == 1 ? records / 20 : records;
        String warmUp = write(vertx, its, durability, clients, part / 4, whole);
        System.err.println(warmUp);
        System.out.println(write(vertx, its, durability, clients, part, whole));
      }
    }
    vertx.close().await();
    System.out.println(verify(folder.resolve("write-2000")));
    System.out.println(verify(folder.resolve("write-2000")));
  }

  private static String write(
      Vertx vertx, Path folder, Durability durability, int clients, int records, boolean whole)
      throws Exception {
    AuditSettings settings =
        new AuditSettings(folder, durability, 100_000, Optional.of("figures"));
    FileAuditLog log =
        FileAuditLog.open(vertx, settings, InstantSource.system(), SampleRecords.RANDOM);
    long[] waits = new long[records];
    AtomicInteger left = new AtomicInteger(records);
    CountDownLatch over = new CountDownLatch(records);
    long cpu = cpu();
    long begin = System.nanoTime();
    for (int i = 0; i < clients; i++) {
      vertx.getOrCreateContext().runOnContext(now -> next(log, left, waits, over, whole));
    }
    over.await();
    double seconds = (System.nanoTime() - begin) / 1e9;
    double each = (cpu() - cpu) / 1e3 / records;
    log.close().await();
    Arrays.sort(waits);
    return String.format(
        Locale.ROOT,
        "%-5s %4d clients: %7.0f %s/s, waits %.2f ms (median) %.2f ms (99%%), %.1f us CPU each",
        durability.word(),
        clients,
        records / seconds,
        whole ? "downloads" : "records",
        waits[records / 2] / 1e6,
        waits[records * 99 / 100] / 1e6,
        each);
  }

  private static void next(
      FileAuditLog log, AtomicInteger left, long[] waits, CountDownLatch over, boolean whole) {
    int mine = left.decrementAndGet();
    if (mine < 0) {
      return;
    }
    long begin = System.nanoTime();
    AuditRecord.Intent intent = SampleRecords.intent("43c7940249fc6dd684de839c");
    var unused =
        log.append(intent)
            .onComplete(
                written -> {
                  waits[mine] = System.nanoTime() - begin;
                  over.countDown();
                  if (whole) {
                    var unusedEnd = log.follow(SampleRecords.completion(intent));
                  }
                  next(log, left, waits, over, whole);
                });
  }

  private static long cpu() {
    return ((com.sun.management.OperatingSystemMXBean)
            ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static String verify(Path folder) throws IOException {
    long bytes = 0;
    for (Path file : AuditFiles.inOrder(folder)) {
      bytes += Files.size(file);
    }
    long begin = System.nanoTime();
    Verdict verdict = AuditVerifier.verify(folder);
    double seconds = (System.nanoTime() - begin) / 1e9;
    long records = verdict.match(Verdict.Sound::records, broken -> -1L);
    return String.format(
        Locale.ROOT,
        "verify: %d records of %d bytes, %.0f records/s, %.0f MiB/s",
        records,
        bytes / records,
        records / seconds,
        bytes / seconds / (1 << 20));
  }
}
