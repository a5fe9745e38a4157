package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.config.KeyveilSettings;
import io.keyveil.http.LimitSettings;
import io.keyveil.s3.LocalS3;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What nginx carried is on record, and its place free again, whatever happens to either of them.
 */
@Tag("long")
class OffloadLogIT {
  /** More than the buffers between nginx and a client that does not read. */
  private static final int LARGE = 48 << 20;

  private static final String KEY = "jane-doe/scan.bin";

  @TempDir Path folder;
  private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
  private LocalS3 s3;
  private final List<Process> clients = new ArrayList<>();

  @BeforeEach
  void start() {
    Carrier.require();
    s3 = new LocalS3(folder.resolve("s3"), GatewayHarness.BUCKET, GatewayHarness.OPAQUE_BUCKET);
  }

  @AfterEach
  void stop() {
    clients.forEach(Process::destroyForcibly);
    if (s3 != null) {
      s3.close();
    }
  }

  private GatewayHarness gateway() {
    return GatewayHarness.on(
        s3.endpoint(), folder, () -> Instant.now().plus(ahead.get()), this::offloaded);
  }

  private KeyveilSettings offloaded(KeyveilSettings settings) {
    return EdgeSettings.offloaded(
        EdgeSettings.limited(
            EdgeSettings.listen(settings, EdgeSettings::plain),
            limits ->
                new LimitSettings(
                    limits.headers(),
                    limits.requestLine(),
                    limits.body(),
                    limits.idle(),
                    limits.downloads(),
                    1,
                    limits.rates())),
        Carrier.settings(folder));
  }

  private Carrier carrier(GatewayHarness gateway) {
    return new Carrier(folder, gateway.gateway().port(), s3.endpoint().getRawAuthority());
  }

  @Test
  void holdsAPlaceUntilItsEnd() throws IOException {
    try (GatewayHarness gateway = gateway();
        Carrier carrier = carrier(gateway)) {
      String id = file(gateway, carrier, LARGE);
      Process slow = slowly(gateway, carrier, id);
      awaitPlaces(gateway, 1);
      assertThat(status(gateway, carrier, id)).isEqualTo("429");
      slow.destroyForcibly();
      awaitPlaces(gateway, 0);
      assertThat(status(gateway, carrier, id)).isEqualTo("206");
      JsonObject first = completions(gateway.audit()).get(0);
      assertThat(first.getString("outcome")).isEqualTo("aborted-by-client");
      assertThat(first.getLong("sent")).isBetween(1L, LARGE - 1L);
      assertThat(gateway.management("/metrics").text())
          .contains("keyveil_downloads_size_bytes_count{ending=\"aborted-by-client\"} 1");
    }
  }

  @Test
  void endsWhatAnNginxDiedOn() throws IOException {
    try (GatewayHarness gateway = gateway();
        Carrier carrier = carrier(gateway)) {
      String id = file(gateway, carrier, LARGE);
      Process unused = slowly(gateway, carrier, id);
      awaitPlaces(gateway, 1);
      carrier.crash();
      assertThat(status(gateway, carrier, id)).isEqualTo("429");
      assertThat(completions(gateway.audit())).isEmpty();
      ahead.set(Duration.ofHours(7));
      awaitPlaces(gateway, 0);
      Wait.until("its end", () -> !completions(gateway.audit()).isEmpty());
      assertThat(completions(gateway.audit()))
          .singleElement()
          .matches(record -> record.getString("outcome").equals("unknown-after-crash"));
    }
  }

  @Test
  void losesAndDoublesNothingWhenItsLogIsRotated() throws IOException {
    Path other = Files.createDirectory(folder.resolve("other"));
    try (GatewayHarness gateway = gateway();
        GatewayHarness another = GatewayHarness.on(s3.endpoint(), other, this::offloaded);
        Carrier carrier = carrier(gateway)) {
      String id = file(gateway, carrier, 1000);
      Path log = folder.resolve("carried.log");
      download(gateway, carrier, id);
      // Renamed: nginx goes on in the old file until it is told.
      Path old = Files.move(log, folder.resolve("carried.log.1"));
      download(gateway, carrier, id);
      carrier.reopen();
      Wait.until("another file", () -> Files.exists(log));
      download(gateway, carrier, id);
      // Renamed on while it is read, and the new one copied and truncated.
      Path unused = Files.move(old, folder.resolve("carried.log.2"));
      download(gateway, carrier, id);
      Path copy = Files.copy(log, folder.resolve("carried.log.1"));
      Files.writeString(log, "", StandardOpenOption.TRUNCATE_EXISTING);
      download(gateway, carrier, id);
      assertThat(copy).exists();
      List<String> intents =
          records(gateway.audit(), "intent")
              .filter(record -> record.getString("delivery").equals("offload"))
              .map(record -> record.getString("event"))
              .toList();
      assertThat(intents).hasSize(5);
      assertThat(completions(gateway.audit()))
          .allMatch(record -> record.getString("outcome").equals("complete"))
          .extracting(record -> record.getString("event"))
          .containsExactlyInAnyOrderElementsOf(intents);
      // Another instance reads the same log, to the same place, and finds nothing of its own in it.
      Wait.until("the other has read it all", () -> read(other).equals(read(folder)));
      assertThat(completions(another.audit())).isEmpty();
      for (GatewayHarness each : List.of(gateway, another)) {
        assertThat(each.management("/metrics").text())
            .contains("keyveil_alarms_total{kind=\"offload-log\"} 0");
      }
    }
  }

  @Test
  void goesOnWhenTheGatewayDoes() throws Exception {
    try (GatewayHarness beside = GatewayHarness.on(s3.endpoint(), folder, settings -> settings)) {
      s3.put(GatewayHarness.BUCKET, KEY, content(LARGE));
      String id = beside.register(registration()).body().toJsonObject().getString("id");
      try (GatewayProcess gateway =
              new GatewayProcess(
                  beside,
                  "one",
                  new GatewayProcess.Wish(
                          beside,
                          s3.endpoint(),
                          "tls: off, trustedProxies: [127.0.0.1]",
                          "delay: 0s, deadline: 2m")
                      .with(
                          "delivery: {offload: {secret: {env: OFFLOAD}, log: \"%s\"}}"
                              .formatted(folder.resolve("carried.log"))));
          Carrier carrier = carrierOf(gateway)) {
        gateway.awaitReady();
        awaitFound(folder.resolve("audit-one").resolve("offload.position"));
        Process client = client(carrier, beside.reader("alice"), id, "16M");
        awaitBytes();
        gateway.kill();
        assertThat(client.waitFor()).isZero();
        Path unused = Files.move(folder.resolve("carried.log"), folder.resolve("carried.log.1"));
        carrier.reopen();
        gateway.restart();
        gateway.awaitReady();
        Wait.until("the truth", () -> outcomes(gateway).contains("complete"));
        // A start cannot know what nginx does; what it does is told by the same event.
        assertThat(outcomes(gateway)).containsExactly("unknown-after-crash", "complete");

        Path position = folder.resolve("audit-one").resolve("offload.position");
        Path earlier =
            Files.copy(position, folder.resolve("earlier"), StandardCopyOption.COPY_ATTRIBUTES);
        Process another = client(carrier, beside.reader("alice"), id, "16M");
        awaitBytes();
        gateway.terminate();
        assertThat(gateway.awaitEnd()).isZero();
        assertThat(another.waitFor()).isZero();
        assertThat(outcomes(gateway))
            .containsExactly("unknown-after-crash", "complete", "complete");
        // As after a crash between the record and the note that the line was read.
        String last = Files.readString(position);
        Path again =
            Files.copy(
                earlier,
                position,
                StandardCopyOption.COPY_ATTRIBUTES,
                StandardCopyOption.REPLACE_EXISTING);
        assertThat(again).content().isNotEqualTo(last);
        gateway.restart();
        gateway.awaitReady();
        Wait.until("the line read again", () -> reads(position).equals(last));
        assertThat(outcomes(gateway)).hasSize(3);
      }
    }
  }

  /** Until then a log that is renamed has never been there. */
  private static void awaitFound(Path position) {
    Wait.until("the log found", () -> reads(position).contains("\"offset\""));
  }

  /** How far the instance of a folder has read. */
  private static JsonArray read(Path its) {
    return new JsonObject(reads(its.resolve("audit").resolve("offload.position")))
        .getJsonArray("files");
  }

  private static String reads(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Carrier carrierOf(GatewayProcess gateway) {
    return new Carrier(folder, gateway.port(), s3.endpoint().getRawAuthority());
  }

  /** The gateway has told nginx what to do, and nginx does it. */
  private void awaitBytes() {
    Wait.until("bytes", () -> folder.resolve("got-" + clients.size()).toFile().length() > 0);
  }

  private static List<String> outcomes(GatewayProcess gateway) {
    return completions(gateway.audit()).stream().map(it -> it.getString("outcome")).toList();
  }

  private static List<JsonObject> completions(List<String> audit) {
    return records(audit, "completion").toList();
  }

  private static Stream<JsonObject> records(List<String> audit, String kind) {
    return audit.stream()
        .map(JsonObject::new)
        .filter(record -> kind.equals(record.getString("kind")));
  }

  private static void awaitPlaces(GatewayHarness gateway, int taken) {
    Wait.until(
        taken + " places taken",
        () ->
            gateway
                .management("/metrics")
                .text()
                .contains("keyveil_downloads_slots_taken " + taken + ".0"));
  }

  /** Registers a file through the front, since the gateway behind it speaks plain HTTP. */
  private String file(GatewayHarness gateway, Carrier carrier, int size) {
    s3.put(GatewayHarness.BUCKET, KEY, content(size));
    Program.Result result =
        Program.run(
            folder,
            Map.of(),
            "curl",
            "-sS",
            "--cacert",
            "cert.pem",
            "-H",
            "Authorization: Bearer " + gateway.operator(),
            "-H",
            "Content-Type: application/json",
            "-d",
            registration(),
            carrier.base() + "/api/v1/files");
    return new JsonObject(result.out()).getString("id");
  }

  private static String registration() {
    return """
        {"bucket": "%s", "key": "%s", "name": "a", "type": "application/octet-stream",
         "access": {"subject": "alice"}}
        """
        .formatted(GatewayHarness.BUCKET, KEY);
  }

  private static byte[] content(int size) {
    byte[] content = new byte[size];
    new Random(7).nextBytes(content);
    return content;
  }

  /** Downloads, and waits until its place is free again. */
  private void download(GatewayHarness gateway, Carrier carrier, String id) {
    int before = completions(gateway.audit()).size();
    assertThat(status(gateway, carrier, id)).isEqualTo("206");
    Wait.until("its end", () -> completions(gateway.audit()).size() == before + 1);
  }

  private String status(GatewayHarness gateway, Carrier carrier, String id) {
    return Program.run(
            folder,
            Map.of(),
            "curl",
            "-sS",
            "--cacert",
            "cert.pem",
            "-o",
            "/dev/null",
            "-w",
            "%{http_code}",
            "-r",
            "0-99",
            "-H",
            "Authorization: Bearer " + gateway.reader("alice"),
            carrier.base() + "/files/" + id)
        .out();
  }

  private Process slowly(GatewayHarness gateway, Carrier carrier, String id) {
    return client(carrier, gateway.reader("alice"), id, "100k");
  }

  private Process client(Carrier carrier, String token, String id, String rate) {
    try {
      Process client =
          new ProcessBuilder(
                  "curl",
                  "-sS",
                  "--cacert",
                  folder.resolve("cert.pem").toString(),
                  "--limit-rate",
                  rate,
                  "-o",
                  folder.resolve("got-" + (clients.size() + 1)).toString(),
                  "-H",
                  "Authorization: Bearer " + token,
                  carrier.base() + "/files/" + id)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      clients.add(client);
      return client;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
