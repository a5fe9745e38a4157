package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.keyveil.audit.AuditSettings;
import io.keyveil.audit.ShipSettings;
import io.keyveil.config.KeyveilSettings;
import io.keyveil.file.DeliveryPolicy;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Dashboard and alerts ask for what a gateway with traffic really exposes. */
class DashboardIT {
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final Pattern SERIES = Pattern.compile("([a-zA-Z0-9_:]+)(?:\\{(.*)})? (\\S+)");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  /** What Prometheus itself adds to every series, and the metric it makes. */
  private static final Set<String> SCRAPED = Set.of("job", "instance");

  private static final String UP = "up";

  @TempDir static Path folder;
  private static GatewayHarness gateway;
  private static String id = "";

  /** The series of each metric, as their labels. */
  private static final Map<String, List<Map<String, String>>> EXPOSED = new TreeMap<>();

  private static String text = "";

  @BeforeAll
  static void start() {
    gateway = GatewayHarness.start(folder, DashboardIT::shipping);
    id = gateway.file("patients/Jane Doe/scan.bin", new byte[100_000], "alice", "stream");
    String opaque = gateway.opaqueFile(new byte[1000], "alice", DeliveryPolicy.REDIRECT);
    String reader = gateway.reader("alice");
    for (String path : List.of(id, id, opaque, "AAAAAAAAAAAAAAAAAAAAAA")) {
      var unused = gateway.get("/files/" + path, reader);
    }
    var range = gateway.get("/files/" + id, reader, "Range", "bytes=0-9");
    var head = gateway.send(HttpMethod.HEAD, "/files/" + id, Optional.of(reader), Buffer.buffer());
    var anonymous = gateway.send(HttpMethod.GET, "/files/" + id, Optional.empty(), Buffer.buffer());
    assertThat(range.status()).isEqualTo(206);
    assertThat(head.status()).isEqualTo(200);
    assertThat(anonymous.status()).isEqualTo(401);
    gateway.s3().delete(GatewayHarness.BUCKET, "patients/Jane Doe/scan.bin");
    assertThat(gateway.get("/files/" + id, reader).status()).isEqualTo(410);
    Wait.until(
        "the end of every download",
        () -> gateway.management("/metrics").text().contains("\nkeyveil_downloads_running 0.0\n"));
    text = gateway.management("/metrics").text();
    text.lines().filter(line -> !line.startsWith("#")).forEach(DashboardIT::expose);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  /** The same settings with a copy of the audit log, which has figures of its own. */
  private static KeyveilSettings shipping(KeyveilSettings settings) {
    AuditSettings audit = settings.audit();
    ShipSettings ship =
        new ShipSettings(
            Optional.of(GatewayHarness.OPAQUE_BUCKET),
            "audit/",
            ShipSettings.Mode.NONE,
            Duration.ofDays(1),
            ShipSettings.Encryption.NONE,
            Optional.empty(),
            Duration.ofHours(1),
            Duration.ZERO);
    return new KeyveilSettings(
        settings.profile(),
        settings.listen(),
        settings.management(),
        settings.tokens(),
        settings.store(),
        settings.cache(),
        settings.s3(),
        settings.delivery(),
        settings.links(),
        new AuditSettings(
            audit.folder(),
            audit.durability(),
            audit.queueLimit(),
            audit.instance(),
            audit.signingKey(),
            audit.origin(),
            audit.checkpoint(),
            audit.rotate(),
            audit.refusalWindow(),
            ship),
        settings.limits(),
        settings.cors(),
        settings.pages(),
        settings.drain());
  }

  private static void expose(String line) {
    Matcher series = SERIES.matcher(line);
    assertThat(series.matches()).as(line).isTrue();
    Map<String, String> labels = new TreeMap<>();
    Matcher label = LABEL.matcher(Optional.ofNullable(series.group(2)).orElse(""));
    while (label.find()) {
      labels.put(label.group(1), label.group(2));
    }
    EXPOSED.computeIfAbsent(series.group(1), name -> new ArrayList<>()).add(labels);
  }

  static Stream<String> alerts() {
    return Stream.of(read("deploy/prometheus/alerts.yaml"))
        .flatMap(file -> elements(file.at("/groups")))
        .flatMap(group -> elements(group.get("rules")))
        .map(rule -> rule.get("expr").asText());
  }

  static Stream<String> panels() {
    return elements(read("deploy/grafana/keyveil.json").get("panels"))
        .flatMap(panel -> elements(panel.path("targets")))
        .map(target -> target.get("expr").asText());
  }

  private static Stream<JsonNode> elements(JsonNode list) {
    List<JsonNode> all = new ArrayList<>();
    list.forEach(all::add);
    return all.stream();
  }

  private static JsonNode read(String file) {
    try {
      return YAML.readTree(Path.of(file).toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource({"alerts", "panels"})
  void asksForWhatIsThere(String expression) {
    PromQl query = PromQl.parse(expression);
    assertThat(query.selectors()).isNotEmpty();
    Set<String> labels = new TreeSet<>(SCRAPED);
    for (PromQl.Selector selector : query.selectors()) {
      if (!selector.metric().equals(UP)) {
        assertThat(EXPOSED).containsKey(selector.metric());
        List<Map<String, String>> series = EXPOSED.getOrDefault(selector.metric(), List.of());
        assertThat(series).as(selector.toString()).anyMatch(one -> takes(selector, one));
        series.forEach(one -> labels.addAll(one.keySet()));
      }
    }
    assertThat(labels).containsAll(query.groupings());
  }

  /** Each matcher is for a label that is there, and the value too. */
  private static boolean takes(PromQl.Selector selector, Map<String, String> series) {
    return selector.matches().stream()
        .filter(match -> !SCRAPED.contains(match.label()))
        .allMatch(
            match ->
                series.containsKey(match.label())
                    && match.takes(series.getOrDefault(match.label(), "")));
  }

  @Test
  void alertsSayWhatIsWrongAndHowBadItIs() {
    elements(read("deploy/prometheus/alerts.yaml").at("/groups"))
        .flatMap(group -> elements(group.get("rules")))
        .forEach(
            rule -> {
              assertThat(rule.get("alert").asText()).startsWith("Keyveil");
              assertThat(rule.at("/labels/severity").asText()).isIn("warning", "critical");
              assertThat(rule.at("/annotations/summary").asText()).isNotBlank();
            });
  }

  /** Every figure of ours is looked at by somebody, or would not have to be kept. */
  @Test
  void everyFigureIsOnTheDashboard() {
    Set<String> shown = new TreeSet<>();
    Stream.concat(panels(), alerts())
        .flatMap(expression -> PromQl.parse(expression).selectors().stream())
        .forEach(selector -> shown.add(family(selector.metric())));
    Set<String> ours = new TreeSet<>();
    EXPOSED.keySet().stream()
        .filter(name -> name.startsWith("keyveil_"))
        .forEach(name -> ours.add(family(name)));
    assertThat(shown).containsAll(ours);
  }

  private static String family(String name) {
    return name.replaceFirst("_(bucket|count|sum|max)$", "");
  }

  /** An alert hears of the first event only if there was a series before it. */
  @Test
  void beginsEverySeriesAtNothing() {
    assertThat(text)
        .contains("keyveil_alarms_total{kind=\"transfer-corrupt\"} 0.0")
        .contains("keyveil_decisions_total{decision=\"failed\",reason=\"audit\"} 0.0")
        .contains("keyveil_s3_again_total{failure=\"broken\",step=\"resume\"} 0.0")
        .contains("keyveil_limited_total{kind=\"failures\",mode=\"enforce\"} 0.0");
  }

  @Test
  void countsWhatHappened() {
    assertThat(text)
        .contains("keyveil_decisions_total{decision=\"allowed\",reason=\"redirect\"} 1.0")
        .contains("keyveil_alarms_total{kind=\"source-gone\"} 1.0")
        .contains("keyveil_s3_answers_seconds_count{outcome=\"read\"} 3")
        .contains("keyveil_s3_answers_seconds_count{outcome=\"gone\"} 1")
        .contains("keyveil_http_first_byte_seconds_count{route=\"/files/:id\",status=\"206\"} 1")
        .contains("keyveil_downloads_bytes_total 200010.0")
        .contains("keyveil_s3_credentials_seconds NaN");
    assertThat(text)
        .containsPattern("keyveil_cache_tokens_total\\{result=\"miss\"} [1-9]")
        .containsPattern("keyveil_cache_tokens_total\\{result=\"hit\"} [1-9]")
        .containsPattern("keyveil_cache_files_total\\{result=\"hit\"} [1-9]")
        .containsPattern("keyveil_cache_files_total\\{result=\"miss\"} [1-9]");
  }

  @Test
  void namesNobodyAndNothing() {
    assertThat(text).doesNotContain(id, "alice", "Jane", "clinic-canary", "dl-0a1b2c");
  }

  @Test
  void refusesWhatItCannotRead() {
    for (String bad : List.of("rate(x[5m]", "sum(x))", "frobnicate(x)", "x{a=1}", "rate(x[5])")) {
      assertThatThrownBy(() -> PromQl.parse(bad)).isInstanceOf(RuntimeException.class);
    }
  }
}
