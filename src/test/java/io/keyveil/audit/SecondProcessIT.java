package io.keyveil.audit;

import static io.keyveil.audit.Await.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes on one folder: the second refuses to start. */
final class SecondProcessIT {
  @TempDir Path folder;

  @Test
  void keepsAnotherProcessOutUntilThisOneIsGone() throws Exception {
    Vertx vertx = Vertx.vertx();
    FileAuditLog log =
        FileAuditLog.open(
            vertx,
            new AuditSettings(folder, Durability.FSYNC, 100, Optional.of("first")),
            InstantSource.system(),
            SampleRecords.RANDOM);
    get(log.append(SampleRecords.management("start")));
    assertThat(second())
        .contains("audit.folder: " + folder + " is in use by another process")
        .doesNotContain("opened");
    get(log.close());
    get(vertx.close());
    assertThat(second()).contains("opened");
  }

  private String second() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                AuditProcess.class.getName(),
                folder.toString(),
                "0")
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    return output;
  }
}
