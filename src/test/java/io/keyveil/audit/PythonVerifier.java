package io.keyveil.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The verifier that owes nothing to ours, as an auditor runs it. */
final class PythonVerifier {
  private PythonVerifier() {}

  /** What it prints of each folder. */
  static List<String> verdicts(List<Path> folders, List<String> options) throws IOException {
    List<String> command = new ArrayList<>(List.of("python3", "deploy/audit-verify.py"));
    command.addAll(options);
    folders.forEach(folder -> command.add(folder.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    List<String> verdicts = output.lines().toList();
    assertThat(verdicts).as(output).hasSize(folders.size());
    boolean sound = verdicts.stream().allMatch(verdict -> verdict.startsWith("sound"));
    assertThat(process.exitValue()).isEqualTo(sound ? 0 : 1);
    return verdicts;
  }

  /** Skips a test where there is no Python. */
  static void require() {
    boolean found;
    try {
      found = new ProcessBuilder("python3", "--version").start().waitFor() == 0;
    } catch (IOException | InterruptedException e) {
      found = false;
    }
    assumeTrue(found, "python3 is not installed");
  }
}
