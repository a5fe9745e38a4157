package io.keyveil.audit;

import static io.keyveil.audit.Await.get;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Java's verifier and the one in Python, on logs that somebody has changed: they have to say the
 * same of each, down to the number of the line.
 */
@Tag("long")
final class TwoVerifiersIT {
  private static final int RECORDS = 1000;
  private static final int MUTATIONS = 1000;
  static final String PUBLIC =
      """
      -----BEGIN PUBLIC KEY-----
      MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
      -----END PUBLIC KEY-----
      """;

  private static final SigningKey OTHER_KEY = otherKey();

  @TempDir static Path temp;

  private static List<byte[]> lines = List.of();
  private static String note = "";

  @BeforeAll
  static void writeALog() throws IOException {
    Vertx vertx = Vertx.vertx();
    Path folder = temp.resolve("log");
    FileAuditLog log =
        FileAuditLog.open(
            vertx,
            CheckpointTest.settings(folder, Optional.of(CheckpointTest.KEY), 100, 1L << 30),
            InstantSource.fixed(SampleRecords.NOW),
            SampleRecords.RANDOM);
    List<AuditRecord> records = new ArrayList<>();
    for (int i = 0; i < RECORDS / 2 - 5; i++) {
      AuditRecord.Intent intent = SampleRecords.intent("r" + i);
      records.add(intent);
      records.add(SampleRecords.completion(intent));
    }
    get(log.append(records));
    get(log.close());
    get(vertx.close());
    lines = split(Files.readAllBytes(AuditFiles.inOrder(folder).get(0)));
    note = Files.readString(folder.resolve("checkpoint"));
    assertThat(lines).hasSize(RECORDS);
    Files.writeString(temp.resolve("key.pem"), PUBLIC);
    Files.writeString(temp.resolve("checkpoint"), note);
  }

  @AfterAll
  static void forget() {
    lines = List.of();
  }

  private static List<byte[]> split(byte[] all) {
    List<byte[]> found = new ArrayList<>();
    int from = 0;
    for (int at = 0; at < all.length; at++) {
      if (all[at] == '\n') {
        found.add(Arrays.copyOfRange(all, from, at + 1));
        from = at + 1;
      }
    }
    return found;
  }

  @Test
  void agreeOnAThousandChangedLogsAndMissNone() throws Exception {
    PythonVerifier.require();
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<Path> folders = new ArrayList<>();
    // Whatever chance has: the first record dropped, and another end of the last.
    folders.add(write("m0", join(lines.subList(1, RECORDS))));
    folders.add(write("m1", changed(join(lines), join(lines).length - 1, 1)));
    for (int i = folders.size(); i < MUTATIONS; i++) {
      folders.add(write("m" + i, mutated(random)));
    }
    List<String> python = PythonVerifier.verdicts(folders, signed());
    for (int i = 0; i < MUTATIONS; i++) {
      assertThat(java(folders.get(i), Optional.empty(), false))
          .as("seed %d, log %d", seed, i)
          .isEqualTo(python.get(i))
          .startsWith("broken: ");
    }
  }

  @Test
  void agreeOnBeginningsThatWereCutOff() throws Exception {
    PythonVerifier.require();
    List<Integer> cuts = List.of(1, 2, 99, 100, 500, 999);
    List<Path> folders = new ArrayList<>();
    for (int cut : cuts) {
      folders.add(write("begin" + cut, join(lines.subList(cut, RECORDS))));
    }
    List<String> python = PythonVerifier.verdicts(folders, signed());
    List<String> parts = PythonVerifier.verdicts(folders, with(signed(), "--partial"));
    for (int i = 0; i < cuts.size(); i++) {
      assertThat(java(folders.get(i), Optional.empty(), false))
          .isEqualTo(python.get(i))
          .isEqualTo(
              "broken: a.jsonl:1: begins with record "
                  + (cuts.get(i) + 1)
                  + ", and nothing says that earlier ones were archived");
      assertThat(java(folders.get(i), Optional.empty(), true))
          .isEqualTo(parts.get(i))
          .startsWith("sound in part: " + (RECORDS - cuts.get(i)) + " records from ");
    }
  }

  /** Whoever takes the beginning away can also write that it was archived, but not sign it. */
  @Test
  void agreeThatWhatIsNotSignedArchivesNothing() throws Exception {
    PythonVerifier.require();
    ChainLink before = ChainLink.of(100, bare(lines.get(99)));
    ChainLink end = ChainLink.of(RECORDS, bare(lines.get(RECORDS - 1)));
    AuditRecord archived =
        AuditRecord.Management.of(
            EventId.random(SampleRecords.RANDOM),
            SampleRecords.NOW,
            "archive",
            Optional.of(AuditRecord.Target.through(before)),
            "copied");
    byte[] forged = SampleRecords.line(archived, end, "i1");
    byte[] rest = tail(join(lines.subList(100, RECORDS)), tail(forged, new byte[] {'\n'}));
    List<Path> folders = List.of(write("forged", rest));
    assertThat(PythonVerifier.verdicts(folders, signed()))
        .containsExactly(java(folders.get(0), Optional.empty(), false))
        .allMatch(verdict -> verdict.startsWith("broken: a.jsonl:1: begins with record 101"));
    assertThat(PythonVerifier.verdicts(folders, List.of()))
        .containsExactly(
            AuditVerifier.verify(folders.get(0))
                .<String>match(sound -> sound.text(false), Verdict.Broken::text))
        .allMatch(verdict -> verdict.contains("(earlier ones were archived)"));
  }

  @Test
  void agreeOnABeginningThatACheckpointKnows() throws Exception {
    PythonVerifier.require();
    int at = 0;
    while (AuditFiles.note(bare(lines.get(at))).isEmpty() || at < 400) {
      at++;
    }
    String known = AuditFiles.note(bare(lines.get(at))).orElseThrow();
    List<Path> folders =
        List.of(
            write("known", join(lines.subList(at, RECORDS))),
            write("later", join(lines.subList(at + 1, RECORDS))),
            write("earlier", join(lines.subList(at - 1, RECORDS))));
    Path file = Files.writeString(temp.resolve("known.txt"), known);
    List<String> python =
        PythonVerifier.verdicts(folders, with(signed(), "--checkpoint", file.toString()));
    for (int i = 0; i < folders.size(); i++) {
      assertThat(java(folders.get(i), Optional.of(known), false)).isEqualTo(python.get(i));
    }
    assertThat(python.get(0)).contains("(the checkpoint knows the one before)");
    assertThat(python.subList(1, 3)).allMatch(verdict -> verdict.contains("nothing says"));
  }

  @Test
  void agreeOnWhatACrashLeavesAndWhatItDoesNot() throws Exception {
    PythonVerifier.require();
    byte[] whole = join(lines);
    ChainLink end = ChainLink.of(RECORDS, bare(lines.get(RECORDS - 1)));
    byte[] next = SampleRecords.line(SampleRecords.intent("next"), end, "i1");
    List<Path> folders = new ArrayList<>();
    for (int length = 0; length < next.length; length += 7) {
      byte[] piece = Arrays.copyOf(next, length);
      folders.add(write("torn" + length, tail(whole, piece)));
      folders.add(write("nul" + length, tail(whole, tail(piece, new byte[2]))));
    }
    int crashes = folders.size();
    folders.add(write("whole", tail(whole, next)));
    for (int bit = 0; bit < 8; bit++) {
      folders.add(write("bit" + bit, changed(whole, whole.length - 1, 1 << bit)));
    }
    folders.add(write("behind", tail(whole, tail(next, new byte[1]))));
    folders.add(write("long", tail(whole, new byte[AuditLine.LONGEST + 1])));
    folders.add(write("other", tail(whole, Arrays.copyOf(bare(lines.get(7)), 50))));
    folders.add(write("escape", tail(whole, changed(next, 200, 'x'))));
    for (int i = 0; i < 60; i++) {
      folders.add(write("flip" + i, tail(whole, changed(Arrays.copyOf(next, 300), 5 * i, 3))));
    }
    List<String> python = PythonVerifier.verdicts(folders, signed());
    for (int i = 0; i < folders.size(); i++) {
      assertThat(java(folders.get(i), Optional.empty(), false))
          .as(folders.get(i).getFileName().toString())
          .isEqualTo(python.get(i))
          .startsWith(i <= crashes ? "sound: " : i <= crashes + 11 ? "broken: " : "");
    }
  }

  /** What can be done to the files of a log, each with what is to be said of it. */
  @Test
  void agreeOnWhatIsDoneToFiles() throws Exception {
    PythonVerifier.require();
    byte[] one = join(lines.subList(0, 300));
    byte[] two = join(lines.subList(300, 700));
    byte[] three = join(lines.subList(700, RECORDS));
    byte[] huge = new byte[3 << 20];
    Arrays.fill(huge, (byte) 'x');
    huge[huge.length - 1] = '\n';
    Map<String, Map<String, byte[]>> folders = new LinkedHashMap<>();
    folders.put("sound whole", Map.of("a", one, "b", two, "c", three));
    folders.put("sound renamed", Map.of("z", one, "y", two, "x", three));
    folders.put("sound joined", Map.of("a", tail(one, two), "c", three));
    folders.put(
        "sound with an empty one", Map.of("a", one, "b", tail(two, three), "e", new byte[0]));
    folders.put("broken twice", Map.of("a", one, "b", two, "b2", two, "c", three));
    folders.put("broken in part twice", Map.of("a", tail(one, two), "b", two, "c", three));
    folders.put("broken without the middle", Map.of("a", one, "c", three));
    folders.put("broken without the first", Map.of("b", two, "c", three));
    folders.put(
        "broken of two logs", Map.of("a", join(lines), "o", anotherLog(CheckpointTest.KEY)));
    folders.put("broken of another key", Map.of("o", anotherLog(OTHER_KEY)));
    folders.put("broken with a huge line", Map.of("a", tail(one, huge), "b", two, "c", three));
    folders.put(
        "broken with a huge tail", Map.of("a", tail(join(lines), Arrays.copyOf(huge, 9 << 18))));
    folders.put("broken by another system's line ends", Map.of("a", replaced(one, "\n", "\r\n")));
    folders.put("broken by a mark", Map.of("a", tail(new byte[] {-17, -69, -65}, join(lines))));
    folders.put("broken by a blank line", Map.of("a", tail(join(lines), new byte[] {'\n'})));
    folders.put("broken by rubbish", Map.of("a", join(lines), "r", "rubbish\n".getBytes(US_ASCII)));
    byte[] follower =
        SampleRecords.line(
            SampleRecords.management("start"), new ChainLink(0, "a".repeat(64)), "i1");
    folders.put("broken at its begin", Map.of("a", tail(follower, new byte[] {'\n'})));
    folders.put("broken by NULs before", Map.of("a", tail(new byte[9], join(lines))));
    List<Path> paths = new ArrayList<>();
    for (var folder : folders.entrySet()) {
      Path path = Files.createDirectories(temp.resolve(folder.getKey()));
      for (var file : folder.getValue().entrySet()) {
        Files.write(path.resolve(file.getKey() + ".jsonl"), file.getValue());
      }
      paths.add(path);
    }
    Path odd = write("sound beside what is no file", join(lines));
    Files.createDirectory(odd.resolve("folder.jsonl"));
    Files.createSymbolicLink(odd.resolve("link.jsonl"), odd.resolve("nowhere"));
    assertThat(new ProcessBuilder("mkfifo", odd.resolve("pipe.jsonl").toString()).start().waitFor())
        .isZero();
    paths.add(odd);
    List<String> python = PythonVerifier.verdicts(paths, signed());
    for (int i = 0; i < paths.size(); i++) {
      String name = paths.get(i).getFileName().toString();
      assertThat(java(paths.get(i), Optional.empty(), false))
          .as(name)
          .isEqualTo(python.get(i))
          .startsWith(name.substring(0, name.indexOf(' ')));
    }
  }

  private static SigningKey otherKey() {
    // The DER of an Ed25519 key is a fixed head and the seed.
    byte[] der = HexFormat.of().parseHex("302e020100300506032b657004220420" + "00".repeat(32));
    return SigningKey.parse(
        "-----BEGIN PRIVATE KEY-----\n"
            + Base64.getEncoder().encodeToString(der)
            + "\n-----END PRIVATE KEY-----\n");
  }

  private static byte[] anotherLog(SigningKey key) throws IOException {
    Path folder = Files.createTempDirectory(temp, "other");
    Vertx vertx = Vertx.vertx();
    FileAuditLog log =
        FileAuditLog.open(
            vertx,
            CheckpointTest.settings(folder, Optional.of(key), 100, 1L << 30),
            InstantSource.fixed(SampleRecords.NOW),
            SampleRecords.RANDOM);
    get(log.append(SampleRecords.management("register")));
    get(log.close());
    get(vertx.close());
    return Files.readAllBytes(AuditFiles.inOrder(folder).get(0));
  }

  private static byte[] replaced(byte[] log, String what, String by) {
    return new String(log, UTF_8).replace(what, by).getBytes(UTF_8);
  }

  /** The forms that a line may and may not have, chained as if they were right. */
  @Test
  void agreeOnTheFormOfALine() throws Exception {
    PythonVerifier.require();
    List<String> forms =
        List.of(
            "sound ,'a':'\u00e4\u2028\u007f'",
            "sound ,'a':'\\u0000\\ud800\\/'",
            "sound ,'a':{},'b':{'a':0}",
            "sound ,'a':{'seq':9999999999999999999}",
            "broken ,'a':'\u0001'",
            "broken ,'a':'\t'",
            "broken ,'a':'\\x'",
            "broken ,'a':'\\u12g4'",
            "broken ,'a':'?'",
            "broken ,'a':1.0",
            "broken ,'a':1e3",
            "broken ,'a':-1",
            "broken ,'a':01",
            "broken ,'a': 1",
            "broken ,'a':99999999999999999999",
            "broken ,'a':true",
            "broken ,'a':null",
            "broken ,'a':NaN",
            "broken ,'a':[]",
            "broken ,'a':1,'a':1",
            "broken ,'seq':1",
            "broken ,'':1",
            "broken ,'a.b':1",
            "broken ,'\\u0061':1",
            "broken ,",
            "broken ,'a':1}{'b':1",
            "broken ,'a':{'b':1",
            "broken ,'a':" + "[".repeat(200_000),
            "broken ,'a':" + "{'a':".repeat(100_000) + "1" + "}".repeat(100_000),
            "broken " + fields(58),
            "sound " + fields(57));
    List<Path> folders = new ArrayList<>();
    for (int i = 0; i < forms.size(); i++) {
      folders.add(write("form" + i, formed(forms.get(i).replaceFirst("^[a-z]+ ", ""))));
    }
    List<String> python = PythonVerifier.verdicts(folders, List.of());
    for (int i = 0; i < forms.size(); i++) {
      String form = forms.get(i);
      assertThat(
              AuditVerifier.verify(folders.get(i))
                  .<String>match(sound -> sound.text(false), Verdict.Broken::text))
          .as(form.substring(0, Math.min(40, form.length())))
          .isEqualTo(python.get(i))
          .startsWith(form.substring(0, form.indexOf(' ')));
    }
  }

  private static String fields(int count) {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < count; i++) {
      all.append(",'n").append(i).append("':1");
    }
    return all.toString();
  }

  /** Three records, of which the second has this behind its head; a question mark is no UTF-8. */
  private static byte[] formed(String rest) {
    ChainLink end = ChainLink.START;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    for (String more : List.of("", rest.replace('\'', '"'), "")) {
      String head =
          "{\"v\":1,\"seq\":%d,\"prev\":\"%s\",\"instance\":\"i\",\"time\":\"2026\",\"event\":\"e\","
              .formatted(end.seq() + 1, end.digest());
      byte[] line = (head + "\"kind\":\"management\"" + more + "}").getBytes(UTF_8);
      for (int at = 0; at < line.length; at++) {
        line[at] = line[at] == '?' ? (byte) 0xff : line[at];
      }
      end = ChainLink.of(end.seq() + 1, line);
      log.writeBytes(line);
      log.write('\n');
    }
    return log.toByteArray();
  }

  @Test
  void agreeOnEndsThatWereCutOff() throws Exception {
    PythonVerifier.require();
    List<Path> folders = new ArrayList<>();
    for (int left : new int[] {0, 1, 2, 99, 101, 500, 998, 999, 1000}) {
      folders.add(write("cut" + left, join(lines.subList(0, left))));
    }
    Path torn = write("torn", join(lines));
    Files.write(torn.resolve("a.jsonl"), Arrays.copyOf(join(lines), join(lines).length - 1));
    folders.add(torn);
    List<String> python =
        PythonVerifier.verdicts(
            folders, with(signed(), "--checkpoint", temp.resolve("checkpoint").toString()));
    for (int i = 0; i < folders.size(); i++) {
      assertThat(java(folders.get(i), Optional.of(note), false)).isEqualTo(python.get(i));
      assertThat(python.get(i)).startsWith(i == 8 ? "sound: " : "broken: ");
    }
  }

  /** A changed byte, a dropped, swapped or doubled line, or several of them. */
  private static byte[] mutated(Random random) {
    List<byte[]> changed = new ArrayList<>(lines);
    int what = random.nextInt(6);
    int at = random.nextInt(RECORDS);
    if (what < 3) {
      byte[] line = changed.get(at).clone();
      int place = random.nextInt(line.length);
      line[place] ^= (byte) (1 + random.nextInt(255));
      changed.set(at, line);
    } else if (what == 3) {
      changed.remove(random.nextInt(RECORDS - 1));
    } else if (what == 4) {
      Collections.swap(changed, at, (at + 1 + random.nextInt(RECORDS - 1)) % RECORDS);
    } else {
      changed.add(random.nextInt(RECORDS), changed.get(at));
    }
    return join(changed);
  }

  private static byte[] join(List<byte[]> parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    parts.forEach(all::writeBytes);
    return all.toByteArray();
  }

  private static Path write(String name, byte[] log) throws IOException {
    Path folder = Files.createDirectories(temp.resolve(name));
    Files.write(folder.resolve("a.jsonl"), log);
    return folder;
  }

  private static byte[] bare(byte[] line) {
    return Arrays.copyOf(line, line.length - 1);
  }

  private static byte[] changed(byte[] log, int at, int by) {
    byte[] other = log.clone();
    other[at] ^= (byte) by;
    return other;
  }

  private static byte[] tail(byte[] log, byte[] rest) {
    return join(List.of(log, rest));
  }

  private static List<String> signed() {
    return List.of("--public-key", temp.resolve("key.pem").toString());
  }

  private static List<String> with(List<String> options, String... more) {
    return Stream.concat(options.stream(), Stream.of(more)).toList();
  }

  private static String java(Path folder, Optional<String> witness, boolean partial)
      throws IOException {
    return AuditVerifier.verify(
            folder,
            new AuditVerifier.Expected(List.of(CheckpointTest.KEY.open()), witness, partial))
        .match(sound -> sound.text(true), Verdict.Broken::text);
  }
}
