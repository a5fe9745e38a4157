package io.keyveil.audit;

import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

/** Fills the file system that it is given with an audit log, makes room again, and goes on. */
final class FullFileSystem {
  private FullFileSystem() {}

  public static void main(String[] arguments) throws Exception {
    System.out.println("begun");
    Path folder = Path.of(arguments[0], "audit");
    Path ballast = Files.write(Path.of(arguments[0], "ballast"), new byte[500_000]);
    Vertx vertx = Vertx.vertx();
    FileAuditLog log =
        FileAuditLog.open(
            vertx,
            new AuditSettings(folder, Durability.FSYNC, 100, Optional.of("i1")),
            InstantSource.system(),
            SampleRecords.RANDOM);
    int written = 0;
    while (log.append(SampleRecords.intent("r" + written)).map(true).otherwise(false).await()) {
      written++;
    }
    System.out.println("was full after " + written);
    Files.delete(ballast);
    while (log.health().await().isPresent()) {
      Thread.onSpinWait();
    }
    log.append(SampleRecords.intent("more")).await();
    System.out.println("back without a restart");
    log.close().await();
    vertx.close().await();
    System.out.println(
        AuditVerifier.verify(folder).<String>match(sound -> "sound", Record::toString));
    System.exit(0);
  }
}
