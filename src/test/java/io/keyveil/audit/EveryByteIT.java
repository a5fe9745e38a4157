package io.keyveil.audit;

import static io.keyveil.audit.Await.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/**
 * Every byte of a log of a thousand records, changed one at a time, every record dropped, swapped
 * with the next one, and doubled: both verifiers find each. A change can only show in its own line
 * and the next, so these two are what is verified, as a part of a log; but the first record is
 * dropped from the whole. {@code -Dkeyveil.everyByte=1} takes every byte instead of one in so many.
 */
final class EveryByteIT {
  private static final int STEP = Integer.getInteger("keyveil.everyByte", 41);
  private static final int RECORDS = 1000;

  private static final String DRIVER =
      """
      import sys, os
      source = open("deploy/audit-verify.py").read().replace("sys.exit(main())", "pass")
      space = {"__name__": "verify"}
      exec(compile(source, "audit-verify.py", "exec"), space)
      all_lines = open(sys.argv[1], "rb").read().split(b"\\n")[:-1]
      step, keys = int(sys.argv[2]), [space["public_key"](sys.argv[3])]
      current, os.listdir, os.path.isfile = [], lambda folder: ["a.jsonl"], lambda path: True
      space["lines"] = lambda path: ((line, True) for line in current)
      found = missed = 0
      def look(lines, partial=True):
          global found, missed
          current[:] = lines
          if space["verify"]("", keys, None, partial).startswith("broken"):
              found += 1
          else:
              missed += 1
      look(all_lines[1:], False)
      for i, line in enumerate(all_lines):
          for at in range(i % step, len(line), step):
              changed = bytes([line[at] ^ (1 + (at * 7 + i) % 255)])
              look([line[:at] + changed + line[at + 1:]] + all_lines[i + 1:i + 2])
          if i + 2 < len(all_lines):
              look([line, all_lines[i + 2]])
              look([line, all_lines[i + 2], all_lines[i + 1]])
              look([line, line, all_lines[i + 1]])
      print(found, missed)
      """;

  @TempDir Path temp;

  private List<byte[]> lines = List.of();
  private int found;
  private int missed;

  @BeforeEach
  void writeALog() throws IOException {
    Vertx vertx = Vertx.vertx();
    Path folder = temp.resolve("log");
    FileAuditLog log =
        FileAuditLog.open(
            vertx,
            CheckpointTest.settings(folder, Optional.of(CheckpointTest.KEY), 100, 1L << 30),
            InstantSource.fixed(SampleRecords.NOW),
            SampleRecords.RANDOM);
    for (int i = 0; i < RECORDS / 2 - 5; i++) {
      AuditRecord.Intent intent = SampleRecords.intent("r" + i);
      get(log.append(List.of(intent, SampleRecords.completion(intent))));
    }
    get(log.close());
    get(vertx.close());
    Path file = AuditFiles.inOrder(folder).get(0);
    List<byte[]> read = new ArrayList<>();
    try (LineReader reader = new LineReader(file)) {
      for (byte[] line = reader.next(); line != null; line = reader.next()) {
        read.add(line);
      }
    }
    assertThat(read).hasSize(RECORDS);
    lines = read;
  }

  @Test
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void isFoundByBoth() throws Exception {
    Path folder = Files.createDirectories(temp.resolve("changed"));
    Path changed = folder.resolve("a.jsonl");
    look(folder, changed, lines.get(1), lines.subList(2, RECORDS), false);
    for (int i = 0; i < lines.size(); i++) {
      byte[] line = lines.get(i);
      List<byte[]> next = lines.subList(i + 1, Math.min(i + 2, lines.size()));
      for (int at = i % STEP; at < line.length; at += STEP) {
        byte[] other = line.clone();
        other[at] ^= (byte) (1 + (at * 7 + i) % 255);
        look(folder, changed, other, next);
      }
      if (i + 2 < lines.size()) {
        look(folder, changed, line, lines.subList(i + 2, i + 3));
        look(folder, changed, line, List.of(lines.get(i + 2), lines.get(i + 1)));
        look(folder, changed, line, List.of(line, lines.get(i + 1)));
      }
    }
    System.out.printf("java: found %d, missed %d%n", found, missed);
    assertThat(missed).isZero();
    assertThat(python()).isEqualTo(found + " 0");
  }

  private void look(Path folder, Path file, byte[] first, List<byte[]> rest) throws IOException {
    look(folder, file, first, rest, true);
  }

  private void look(Path folder, Path file, byte[] first, List<byte[]> rest, boolean partial)
      throws IOException {
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    log.writeBytes(first);
    log.write('\n');
    for (byte[] line : rest) {
      log.writeBytes(line);
      log.write('\n');
    }
    Files.write(file, log.toByteArray());
    boolean sound =
        AuditVerifier.verify(
                folder,
                new AuditVerifier.Expected(
                    List.of(CheckpointTest.KEY.open()), Optional.empty(), partial))
            .match(holds -> true, broken -> false);
    found += sound ? 0 : 1;
    missed += sound ? 1 : 0;
  }

  private String python() throws Exception {
    Path driver = Files.writeString(temp.resolve("driver.py"), DRIVER);
    Path log = AuditFiles.inOrder(temp.resolve("log")).get(0);
    Path key = Files.writeString(temp.resolve("key.pem"), TwoVerifiersIT.PUBLIC);
    Process process;
    try {
      process =
          new ProcessBuilder(
                  Arrays.asList(
                      "python3",
                      driver.toString(),
                      log.toString(),
                      Integer.toString(STEP),
                      key.toString()))
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      throw new TestAbortedException("python3 is not installed", e);
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    System.out.println("python: found and missed " + output.strip());
    return output.strip();
  }
}
