package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Debian's testssl.sh finds nothing above LOW. It takes two minutes and opens a thousand
 * connections, so it runs with {@code -Dkeyveil.testssl} alone.
 */
class TlsScanIT {
  @TempDir Path folder;

  @Test
  void findsNothingAboveLow() throws Exception {
    Assumptions.assumeTrue(
        System.getProperty("keyveil.testssl") != null, "not asked for (-Dkeyveil.testssl)");
    Program.require("testssl");
    Program.require("python3");
    try (GatewayHarness gateway = GatewayHarness.start(folder)) {
      Path report = folder.resolve("report");
      Process process =
          new ProcessBuilder(
                  "bash",
                  "deploy/testssl.sh",
                  "https://localhost:" + gateway.gateway().port() + "/openapi.yaml",
                  folder.resolve("cert.pem").toString())
              .redirectErrorStream(true)
              .redirectOutput(report.toFile())
              .start();
      assertThat(process.waitFor(15, TimeUnit.MINUTES)).isTrue();
      String said = Files.readString(report);
      String summary = said.substring(said.lastIndexOf("{'"));
      System.out.println("testssl.sh, findings by severity: " + summary.strip());
      // Of the exceptions there is one, which the script knows: a certificate of one's own names no
      // place to ask whether it was revoked.
      assertThat(process.exitValue()).as(summary).isZero();
    }
  }
}
