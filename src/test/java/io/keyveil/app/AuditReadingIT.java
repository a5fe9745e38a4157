package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.keyveil.audit.AuditReader;
import io.keyveil.s3.LocalS3;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What operators read out of the log of a gateway that is running. */
final class AuditReadingIT {
  private static final DateTimeFormatter S3_TIME =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ROOT);

  private final Path folder;
  private final GatewayHarness house;
  private final Path config;
  private String named = "";
  private String opaque = "";

  AuditReadingIT(@TempDir Path folder) {
    this.folder = folder;
    this.house = GatewayHarness.start(folder);
    this.config = folder.resolve("keyveil.yaml");
  }

  @BeforeEach
  void download() throws IOException {
    Files.writeString(folder.resolve("secret"), LocalS3.SECRET_KEY);
    Files.writeString(folder.resolve("access"), LocalS3.ACCESS_KEY);
    Files.writeString(
        config,
        """
        profile: development
        listen: {tls: off}
        store: {url: "sqlite:%1$s/keyveil.db"}
        s3:
          endpoint: %2$s
          pathStyle: true
          buckets: [%3$s]
          opaqueBucket: %4$s
          opaqueEncryption: none
          credentials: {accessKeyId: {file: %1$s/access}, secretAccessKey: {file: %1$s/secret}}
        audit: {folder: "%1$s/audit"}
        """
            .formatted(
                folder,
                house.s3().endpoint(),
                GatewayHarness.BUCKET,
                GatewayHarness.OPAQUE_BUCKET));
    named = house.file("patients/Jane Doe.pdf", new byte[100], "alice", "stream");
    Path scan = Files.write(folder.resolve("scan.dcm"), new byte[500]);
    opaque =
        run(
                "files",
                "add",
                scan.toString(),
                "--delivery=redirect",
                "--allow=subject=alice",
                "--allow=claim:patient=p-17")
            .strip();
    assertThat(opaque).matches("[A-Za-z0-9_-]{22}");
    assertThat(house.get("/files/" + named, house.reader("alice")).status()).isEqualTo(200);
    assertThat(house.get("/files/" + named, house.reader("mallory")).status()).isEqualTo(404);
    assertThat(house.get("/files/" + opaque, house.reader("alice")).status()).isEqualTo(302);
    // The end of a stream is written by itself a little later.
    Wait.until("the completion", () -> run("audit", "show", "--outcome=complete").contains("100"));
  }

  @AfterEach
  void stop() {
    house.close();
  }

  @CanIgnoreReturnValue
  private String run(String... arguments) {
    StringWriter printed = new StringWriter();
    StringWriter complained = new StringWriter();
    CommandLine command =
        Main.commandLine()
            .setOut(new PrintWriter(printed, true))
            .setErr(new PrintWriter(complained, true));
    String[] all =
        Stream.concat(Stream.of(arguments), Stream.of("--config=" + config)).toArray(String[]::new);
    int code = command.execute(all);
    return printed + (code == 0 ? "" : complained + "exit code " + code);
  }

  private List<JsonObject> show(String... options) {
    String[] all =
        Stream.concat(Stream.of("audit", "show"), Stream.of(options)).toArray(String[]::new);
    return run(all).lines().map(JsonObject::new).toList();
  }

  @Test
  void showsByFileSubjectOutcomeAndTimeWithTheEndsOfWhatItShows() {
    assertThat(show("--file=" + named, "--subject=alice"))
        .extracting(record -> record.getString("kind"))
        .containsExactly("intent", "completion");
    assertThat(show("--subject=mallory"))
        .extracting(record -> record.getString("reason"))
        .containsExactly("foreign");
    assertThat(show("--outcome=redirected")).hasSize(1);
    assertThat(show("--file=" + opaque, "--outcome=redirected")).hasSize(1);
    assertThat(show("--file=" + named, "--outcome=redirected")).isEmpty();
    assertThat(show("--link=" + "B".repeat(22))).isEmpty();
    assertThat(show("--since=2000-01-01", "--until=2000-01-02T10:00:00Z")).isEmpty();
    assertThat(show("--since=2000-01-01", "--file=" + named)).isNotEmpty();
    assertThat(run("audit", "show", "--since=yesterday"))
        .contains("--since: no time (expected: such as 2026-03-01 or 2026-03-01T10:00:00Z)");
  }

  @Test
  void showsTablesAndSheets() {
    assertThat(run("audit", "show", "--format=table", "--file=" + named))
        .contains("SUBJECT", "allowed rule", "refused foreign", "complete", named);
    assertThat(run("audit", "show", "--format=csv", "--subject=alice").lines())
        .first()
        .asString()
        .startsWith("seq,time,kind,instance,event,request,actor.issuer,actor.subject");
    assertThat(RecordForm.quoted("=1+\"1\"")).isEqualTo("\"'=1+\"\"1\"\"\"");
    assertThat(RecordForm.plain("a\u001b[2Jb\u202e")).isEqualTo("a?[2Jb?");
  }

  @Test
  void followsWhatIsWritten() throws Exception {
    List<String> seen = new CopyOnWriteArrayList<>();
    boolean[] wanted = {true};
    Thread follower =
        new Thread(
            () -> {
              try {
                AuditReader.follow(
                    folder.resolve("audit"),
                    record -> record.path("kind").asText().equals("intent"),
                    record -> seen.add(record.path("actor").path("subject").asText()),
                    () -> wanted[0]);
              } catch (IOException e) {
                seen.add(e.toString());
              }
            });
    follower.start();
    Wait.until("what is there", () -> seen.size() == 3);
    assertThat(house.get("/files/" + named, house.reader("bob")).status()).isEqualTo(404);
    Wait.until("what comes", () -> seen.contains("bob"));
    wanted[0] = false;
    follower.join();
  }

  @Test
  void accountsForWhoWasGivenAFileOrThoseOfAPatient() {
    assertThat(run("audit", "report", "--file=" + named))
        .contains("Accounting of disclosures", "log:   sound", "alice", "complete")
        .contains("given: 1, refused: 1")
        .doesNotContain("Jane", "mallory");
    assertThat(run("audit", "report", "--claim=patient=p-17"))
        .contains("files: 1 (by the access rules of today)", opaque, "redirected", "add answered")
        .contains("given: 1, refused: 0");
    assertThat(run("audit", "report", "--claim=patient=p-18")).contains("files: 0");
    assertThat(run("audit", "report", "--file=" + named, "--format=json").lines())
        .last()
        .isEqualTo("{\"given\":1,\"refused\":1,\"outstanding\":0}");
    assertThat(run("audit", "report", "--claim=patient")).contains("exit code 2");
    System.out.println(run("audit", "report", "--claim=patient=p-17"));
  }

  /** A line of a server access log, as S3 writes it. */
  private static String fetched(String request, String correlation, String address, Instant time) {
    return "79a59df900b949e5 dl-bucket ["
        + S3_TIME.format(time.atOffset(ZoneOffset.UTC))
        + "] "
        + address
        + " arn:aws:iam::1:user/x "
        + request
        + " REST.GET.OBJECT 0a1b \"GET /dl-bucket/0a1b?X-Amz-Algorithm=AWS4-HMAC-SHA256&"
        + "X-Amz-Signature=x&x-correlation="
        + correlation
        + " HTTP/1.1\" 200 - 500 500 30 20 \"-\" \"curl/8 \"quoted\"\" - h= SigV4 - QueryString -\n";
  }

  @Test
  void reconcilesWhatS3HasLoggedOnceAndForAll() throws IOException {
    String event =
        show("--file=" + opaque).stream()
            .filter(record -> "redirect".equals(record.getString("delivery")))
            .findFirst()
            .orElseThrow()
            .getString("event");
    Path logs = Files.createDirectories(folder.resolve("logs"));
    Instant now = Instant.now();
    Files.writeString(
        logs.resolve("1"), fetched("R1", event, "127.0.0.1", now) + "no line of such a log\n");
    JsonObject first = new JsonObject(run("audit", "reconcile", "--json", logs.toString()));
    assertThat(first.getInteger("fetched-once")).isEqualTo(1);
    assertThat(first.getInteger("redirects")).isEqualTo(1);
    assertThat(first.getInteger("unread")).isEqualTo(1);
    JsonObject again = new JsonObject(run("audit", "reconcile", "--json", logs.toString()));
    assertThat(again.getInteger("fetched-once")).as("the same again is nothing new").isZero();

    // CloudTrail tells of the same request, and of one more from somewhere else.
    JsonObject more =
        new JsonObject()
            .put(
                "Records",
                List.of(
                    trail("R1", event, "127.0.0.1", now),
                    trail("R2", event, "203.0.113.9", now.plusSeconds(60))));
    Files.writeString(logs.resolve("2.json"), more.encode());
    JsonObject elsewhere = new JsonObject(run("audit", "reconcile", "--json", logs.toString()));
    assertThat(elsewhere.getInteger("fetched-from-another-address")).isEqualTo(1);

    Files.writeString(
        logs.resolve("3"), fetched("R3", "C".repeat(22), "203.0.113.9", now.plusSeconds(70)));
    assertThat(run("audit", "reconcile", logs.toString()))
        .contains("new fetched-without-intent: 1", "ALARM", "exit code 1");
    assertThat(run("audit", "reconcile", logs.toString())).doesNotContain("ALARM");

    List<String> outcomes = new ArrayList<>();
    AuditReader.read(
        folder.resolve("audit/reconciled"),
        record -> record.path("kind").asText().equals("reconciled"),
        record ->
            outcomes.add(
                record.path("outcome").asText()
                    + " "
                    + record.path("fetches").asInt()
                    + " "
                    + record.path("sent").asInt()));
    assertThat(outcomes)
        .containsExactly(
            "fetched-once 1 500",
            "fetched-from-another-address 2 1000",
            "fetched-without-intent 1 500");
    assertThat(run("audit", "report", "--file=" + opaque))
        .contains("S3 log", "fetched-from-another-address");
    assertThat(run("audit", "verify")).contains("reconciled: sound", "operator: sound");

    // What operators did has the same beginning as everything else.
    run("block", "subject", "mallory");
    List<Path> operators;
    try (Stream<Path> all = Files.list(folder.resolve("audit/operator"))) {
      operators = all.filter(file -> file.toString().endsWith(".jsonl")).toList();
    }
    for (Path file : operators) {
      if (Files.readString(file).startsWith("{\"v\":1,\"seq\":1,")) {
        Files.delete(file);
      }
    }
    assertThat(run("audit", "verify"))
        .contains("operator: broken: ", "nothing says that earlier ones were archived")
        .contains("exit code 1");
  }

  @Test
  void leavesToOtherInstancesWhatTheyGaveOut() throws IOException {
    String event =
        show("--file=" + opaque).stream()
            .filter(record -> "redirect".equals(record.getString("delivery")))
            .findFirst()
            .orElseThrow()
            .getString("event");
    Path logs =
        Files.writeString(
            folder.resolve("log"),
            fetched("R1", event, "127.0.0.1", Instant.now())
                + fetched("R2", "C".repeat(22), "127.0.0.1", Instant.now()));
    Path first = folder.resolve("audit");
    Path second = Files.createDirectory(folder.resolve("second"));
    Files.writeString(
        config, Files.readString(config).replace(first.toString(), second.toString()));
    assertThat(run("audit", "reconcile", "--with=" + first, logs.toString()))
        .contains("new fetched-without-intent: 1");
    assertThat(run("audit", "reconcile", logs.toString()))
        .as("the other, which it knows nothing of now")
        .contains("new fetched-without-intent: 1");
    assertThat(run("audit", "reconcile", "--with=" + folder.resolve("none"), logs.toString()))
        .contains("--with, number 1: no folder (expected: the audit log of another instance)");
    Path forged = Files.createDirectory(folder.resolve("forged"));
    Files.writeString(forged.resolve("a.jsonl"), "{\"v\":1}\n");
    assertThat(run("audit", "reconcile", "--with=" + first, "--with=" + forged, logs.toString()))
        .contains("--with, number 2: broken: a.jsonl:1: not a record (expected: a sound");
  }

  private static JsonObject trail(
      String request, String correlation, String address, Instant time) {
    return new JsonObject()
        .put("eventName", "GetObject")
        .put("eventTime", time.toString())
        .put("sourceIPAddress", address)
        .put("requestID", request)
        .put(
            "requestParameters", new JsonObject().put("x-correlation", correlation).put("key", "k"))
        .put(
            "additionalEventData",
            new JsonObject()
                .put("AuthenticationMethod", "QueryString")
                .put("bytesTransferredOut", 500.0));
  }

  @Test
  void joinsLogsInABucketThatArriveLateAndSaysWhatIsOutstanding() {
    assertThat(run("audit", "report", "--file=" + opaque))
        .contains("redirects of which S3's logs have said nothing yet: 1");
    String event =
        show("--file=" + opaque).stream()
            .filter(record -> "redirect".equals(record.getString("delivery")))
            .findFirst()
            .orElseThrow()
            .getString("event");
    Instant now = Instant.now();
    String logs = "s3://" + GatewayHarness.BUCKET + "/logs/";
    put("logs/b", fetched("R2", event, "127.0.0.1", now.plusSeconds(60)));
    JsonObject first = new JsonObject(run("audit", "reconcile", "--json", logs));
    assertThat(first.getInteger("fetched-once")).isEqualTo(1);
    assertThat(first.getInteger("outstanding")).isZero();
    assertThat(first.containsKey("outstandingSince")).isFalse();
    put("logs/a", fetched("R1", event, "127.0.0.1", now));
    JsonObject late = new JsonObject(run("audit", "reconcile", "--json", logs));
    assertThat(late.getInteger("fetched-again")).as("earlier than what was counted").isEqualTo(1);
    JsonObject again = new JsonObject(run("audit", "reconcile", "--json", logs));
    assertThat(again.getInteger("fetched-again")).isZero();
    assertThat(run("audit", "report", "--file=" + opaque))
        .contains("fetched-again", "redirects of which S3's logs have said nothing yet: 0");
  }

  private void put(String key, String content) {
    house.s3().put(GatewayHarness.BUCKET, key, content.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void tellsWhatIsOutstandingAndWhatWasNeverFetched() throws IOException {
    Path log = folder.resolve("late.log");
    Files.writeString(log, fetched("R9", "D".repeat(22), "127.0.0.1", Instant.now()));
    assertThat(run("audit", "reconcile", log.toString()))
        .contains("outstanding, since S3's logs do not reach that far: 1 (the oldest of ");
    Files.writeString(
        log,
        fetched("R9", "D".repeat(22), "127.0.0.1", Instant.now().plusSeconds(7 * 3600)),
        StandardCharsets.UTF_8);
    assertThat(run("audit", "reconcile", log.toString()))
        .contains("new never-fetched: 1", "do not reach that far: 0");
  }
}
