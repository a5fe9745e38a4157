package io.keyveil.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.keyveil.access.Algorithm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is told about settings that cannot be read, and which of two wins. */
final class ConfigReaderTest {
  private static final String ONE_ISSUER =
      """
      tokens:
        issuers:
          - {issuer: one, audience: keyveil, jwks: "file:one.json"}
      """;

  @TempDir private Path folder;

  @ParameterizedTest(name = "{1}")
  @MethodSource("badFiles")
  void tellsInOneLineWhatIsWrong(String yaml, String line) {
    assertThat(problems(yaml, Map.of())).containsExactly(line);
  }

  static Stream<Arguments> badFiles() {
    String durations = " (expected: such as 500ms, 30s, 5m, 24h or 1d)";
    return Stream.of(
        arguments("listen: {port: 70000}", "listen.port: 70000 (expected: 0 to 65535)"),
        arguments("listen: {port: abc}", "listen.port: abc (expected: a whole number)"),
        arguments("listen: {port: [1]}", "listen.port: a list (expected: a whole number)"),
        arguments("listen: {port: ''}", "listen.port: nothing (expected: a whole number)"),
        arguments("listen: 5", "listen: a single value (expected: settings by name)"),
        arguments("lisen: {port: 1}", "lisen: unknown setting (did you mean listen?)"),
        arguments("elsewhere: {}", UNKNOWN_AT_THE_TOP),
        arguments("drain: {after: 1s}", "drain.after: unknown setting (expected: delay, deadline)"),
        arguments("profile: test", "profile: test (expected: production, development)"),
        arguments("listen: {tls: on}", "listen.tls: on (expected: off, or settings by name)"),
        arguments(
            "listen: {trustedProxies: [10.0.0.0/99]}",
            "listen.trustedProxies: 10.0.0.0/99"
                + " (expected: addresses or blocks such as 10.0.0.0/8)"),
        arguments(
            "delivery: {presignedFor: 10m}", "delivery.presignedFor: 10m (expected: 1s to 5m)"),
        arguments("delivery: {presignedFor: 10}", "delivery.presignedFor: 10" + durations),
        arguments(
            "delivery: {default: x}", "delivery.default: x (expected: auto, stream, redirect)"),
        arguments(
            "delivery: {redirectAbove: 999999999999TiB}",
            "delivery.redirectAbove: 999999999999TiB"
                + " (expected: bytes, or such as 64KiB, 16MiB or 1GiB)"),
        arguments("s3: {pathStyle: yes}", "s3.pathStyle: yes (expected: true or false)"),
        arguments(
            "s3: {buckets: a}", "s3.buckets: a single value (expected: a list such as [a, b])"),
        arguments("audit: {folder: ''}", "audit.folder: nothing (expected: a path)"),
        arguments(
            "s3: {endpoint: 'https://me:hunter2@h'}",
            "s3.endpoint: https://***@h (expected: http:// or https:// with a host and nothing"
                + " after it)"),
        arguments(
            "tokens: {issuers: [{issuer: a}]}",
            "tokens.issuers.0.jwks: missing (expected: a text)"),
        arguments(
            "tokens: {issuers: x}",
            "tokens.issuers: a single value (expected: a list of sections)"),
        arguments("drain: {deadline: 1s}\ndrain: {}", "drain: given twice (expected: once)"),
        arguments(
            "cache: {maxAge: &a 1m}\ndrain: {deadline: *a}",
            "drain.deadline: an alias (expected: the value itself)"));
  }

  private static final String UNKNOWN_AT_THE_TOP =
      "elsewhere: unknown setting (expected: profile, listen, management, tokens, store, cache, s3,"
          + " delivery, links, audit, limits, cors, pages, drain)";

  @Test
  void tellsAllThatIsWrongAtOnce() {
    String yaml =
        """
        listen: {port: -1, host: " ", publicUrl: ftp://x}
        tokens:
          leeway: 6m
          maxLength: 1
          issuers: [{isuer: x}, {issuer: b, jwks: nowhere}]
        store: {poolSize: 0, queueLimit: 0, queryTimeout: 1h}
        limits: {headers: 1, idle: 0, downloads: 0}
        """;
    assertThat(problems(yaml, Map.of("KEYVEIL_DRAIN_DEADLINE", "2h", "KEYVEIL_CACHE_MAX_AGE", "x")))
        .containsExactly(
            "listen.port: -1 (expected: 0 to 65535)",
            "listen.host: nothing (expected: an address)",
            "listen.publicUrl: ftp://x (expected: such as https://files.example.org)",
            "tokens.issuers.0.issuer: missing (expected: a text)",
            "tokens.issuers.0.jwks: missing (expected: a text)",
            "tokens.issuers.0.isuer: unknown setting (did you mean issuer?)",
            "tokens.issuers.1.jwks: nowhere"
                + " (expected: https://HOST/PATH, http://HOST/PATH, file:PATH or discovery)",
            "tokens.leeway: 6m (expected: 0 to 5m)",
            "tokens.maxLength: 1 (expected: 256 to 65536)",
            "store.poolSize: 0 (expected: 1 to 100)",
            "store.queueLimit: 0 (expected: 1 to 100000)",
            "store.queryTimeout: 1h (expected: 1 s to 5 min)",
            "cache.maxAge: x (expected: such as 500ms, 30s, 5m, 24h or 1d)",
            "limits.headers: 1B (expected: 32KiB to 256KiB)",
            "limits.idle: 0 (expected: 1 second to 1 hour)",
            "limits.downloads: 0 (expected: 1 to 1000000)",
            "drain.deadline: 2h (expected: 0 to 1 hour)");
  }

  @Test
  void tellsWhereAFileIsNoYamlButNotWhatItSays() throws IOException {
    Path file = write("drain:\n  deadline: 1s\n  hunter2: {[\n");
    assertThat(problems(file, Map.of()))
        .singleElement()
        .asString()
        .matches("\\Q" + file + "\\E:[34]:\\d+: no YAML that can be read");
  }

  @Test
  void refusesASecondDocumentAndAListInPlaceOfSettings() throws IOException {
    Path two = write("drain: {}\n---\ndrain: {}\n");
    assertThat(problems(two, Map.of()))
        .containsExactly(two + ": a second document (expected: one)");
    Path list = write("[a]");
    assertThat(problems(list, Map.of()))
        .containsExactly(list + ": no settings (expected: sections such as listen: and s3:)");
  }

  @Test
  void refusesAFileThatIsNotThereOrTooLargeOrNoText() throws IOException {
    Path none = folder.resolve("none.yaml");
    assertThat(problems(none, Map.of()))
        .containsExactly(none + ": no such file (expected: the settings as YAML)");
    assertThat(problems(folder, Map.of()))
        .containsExactly(folder + ": cannot be read (expected: the settings as YAML)");
    Path large = write("#".repeat(1024 * 1024 + 1));
    assertThat(problems(large, Map.of()))
        .containsExactly(large + ": too large (expected: at most 1MiB)");
    Path binary =
        Files.write(folder.resolve("b.yaml"), "a: \u00e9".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(problems(binary, Map.of())).containsExactly(binary + ": no text (expected: UTF-8)");
  }

  @Test
  void keepsEveryProblemInOneBoundedLine() {
    assertThat(problems("s3: {region: \"a\\nb\"}", Map.of()))
        .containsExactly("s3.region: a b (expected: letters, digits and hyphens)");
    assertThat(problems("s3: {region: " + "x".repeat(10_000) + "}", Map.of()))
        .singleElement()
        .asString()
        .hasSizeLessThan(500);
  }

  @Test
  void letsTheEnvironmentWinOverTheFile() throws IOException {
    KeyveilSettings settings =
        parse(
            "listen: {port: bad, publicUrl: 'https://file.example.org'}",
            Map.of("KEYVEIL_LISTEN_PORT", "7"));
    assertThat(settings.listen().port()).isEqualTo(7);
    assertThat(settings.listen().publicUrl()).isEqualTo(URI.create("https://file.example.org"));
  }

  @Test
  void takesListsFromTheEnvironmentInBothForms() {
    assertThat(parse(Map.of("KEYVEIL_S3_BUCKETS", "aa, bb")).s3().buckets())
        .containsExactly("aa", "bb");
    assertThat(parse(Map.of("KEYVEIL_S3_BUCKETS", "[aa, \"bb\"]")).s3().buckets())
        .containsExactly("aa", "bb");
    assertThat(parse(Map.of("KEYVEIL_DELIVERY_INLINE_TYPES", "")).delivery().inlineTypes())
        .isEmpty();
  }

  @Test
  void changesAndAddsIssuersByEnvironment() throws IOException {
    Map<String, String> environment =
        Map.of(
            "KEYVEIL_TOKENS_ISSUERS_0_AUDIENCE", "other",
            "KEYVEIL_TOKENS_ISSUERS_1_ISSUER", "two",
            "KEYVEIL_TOKENS_ISSUERS_1_JWKS", "file:two.json",
            "KEYVEIL_TOKENS_ISSUERS_1_ALGORITHMS", "EdDSA");
    KeyveilSettings settings = parse(ONE_ISSUER, environment);
    assertThat(settings.tokens().issuers())
        .extracting(issuer -> issuer.issuer() + " " + issuer.audience())
        .containsExactly("one [other]", "two []");
    assertThat(settings.tokens().issuers().get(1).algorithms()).containsExactly(Algorithm.EdDSA);
  }

  @Test
  void refusesANumberLeftOutInAList() {
    assertThat(problems(ONE_ISSUER, Map.of("KEYVEIL_TOKENS_ISSUERS_2_ISSUER", "x")))
        .containsExactly("tokens.issuers.2: a number left out before it (expected: 1 next)");
  }

  @Test
  void switchesTlsOffAndOn() throws IOException {
    assertThat(parse("listen: {tls: off}", Map.of()).listen().tls()).isEmpty();
    assertThat(parse("listen: {tls: false}", Map.of()).listen().tls()).isEmpty();
    assertThat(parse(Map.of("KEYVEIL_LISTEN_TLS", "off")).listen().tls()).isEmpty();
    assertThat(
            parse("listen: {tls: off}", Map.of("KEYVEIL_LISTEN_TLS_CERTIFICATE", "c.pem"))
                .listen()
                .tls()
                .map(tls -> tls.certificate()))
        .contains(Path.of("c.pem"));
    assertThat(problems("", Map.of("KEYVEIL_LISTEN_TLS", "off", "KEYVEIL_LISTEN_TLS_KEY", "k.pem")))
        .containsExactly("listen.tls: given with settings below it (expected: one or the other)");
  }

  @Test
  void takesNothingWrittenForNotGiven() throws IOException {
    assertThat(parse("listen:\ns3: {credentials: ~, region: }\n", Map.of()))
        .isEqualTo(KeyveilSettings.DEFAULTS);
    assertThat(parse("", Map.of())).isEqualTo(KeyveilSettings.DEFAULTS);
    assertThat(parse("# nothing\n", Map.of())).isEqualTo(KeyveilSettings.DEFAULTS);
  }

  @Test
  void readsDurationsInDaysAndAsIso() throws IOException {
    assertThat(parse("tokens: {maxLife: 1d}", Map.of()).tokens().maxLife())
        .isEqualTo(Duration.ofDays(1));
    assertThat(parse("tokens: {maxLife: PT90S}", Map.of()).tokens().maxLife())
        .isEqualTo(Duration.ofSeconds(90));
  }

  @Test
  void warnsOfVariablesThatNoSettingHas() {
    Map<String, String> environment =
        Map.of(
            "KEYVEIL_SERVICE_HOST", "10.0.0.1",
            "KEYVEIL_PORT_8443_TCP", "tcp://10.0.0.1:8443",
            "KEYVEIL_LOG_LEVEL", "DEBUG",
            "KEYVEIL_S3_BUCKETS", "clinic-files",
            "KEYVEIL_TOKENS_ISSUERS_3_ISSUER", "x",
            "KEYVEIL_STORE_PASSWORD_FILE", "x",
            "PATH", "/bin");
    KeyveilSettings settings = parse(Map.of("KEYVEIL_S3_BUCKETS", "clinic-files"));
    assertThat(ConfigReader.warnings(settings, environment))
        .containsExactly(
            "KEYVEIL_PORT_8443_TCP: no setting has this variable",
            "KEYVEIL_SERVICE_HOST: no setting has this variable");
    assertThat(parse(Map.of("KEYVEIL_SERVICE_HOST", "10.0.0.1")))
        .isEqualTo(KeyveilSettings.DEFAULTS);
  }

  @Test
  void warnsWhereNoFileCouldBeRegistered() {
    assertThat(ConfigReader.warnings(KeyveilSettings.DEFAULTS, Map.of()))
        .containsExactly("s3.buckets: none, and no s3.opaqueBucket: no file can be registered");
  }

  @Test
  void namesAComponentAsTheSettingsDo() {
    Problems problems = new Problems();
    Section root =
        Section.root(JsonNodeFactory.instance.objectNode(), new Environment(Map.of()), problems);
    Optional<String> made =
        root.section("delivery")
            .build(
                delivery -> {
                  String unused = delivery.text("default", "x");
                  throw new IllegalArgumentException("policy: PT10M (expected: PT0.5S to PT-1M)");
                });
    assertThat(made).isEmpty();
    assertThat(problems.lines()).containsExactly("delivery.default: 10m (expected: 500ms to -1m)");
  }

  private static KeyveilSettings parse(Map<String, String> environment) {
    return ConfigReader.parse(environment);
  }

  private KeyveilSettings parse(String yaml, Map<String, String> environment) throws IOException {
    return ConfigReader.parse(write(yaml), environment);
  }

  private List<String> problems(String yaml, Map<String, String> environment) {
    try {
      return problems(write(yaml), environment);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> problems(Path file, Map<String, String> environment) {
    InvalidConfigException refused =
        catchThrowableOfType(
            InvalidConfigException.class, () -> unused(ConfigReader.parse(file, environment)));
    assertThat(refused).as("a refusal").isNotNull();
    return refused.problems();
  }

  private static void unused(KeyveilSettings settings) {
    assertThat(settings).isNotNull();
  }

  private Path write(String yaml) throws IOException {
    return Files.writeString(folder.resolve("keyveil.yaml"), yaml);
  }
}
