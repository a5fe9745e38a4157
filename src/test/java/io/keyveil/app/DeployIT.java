package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.keyveil.config.ConfigReader;
import io.keyveil.config.KeyveilSettings;
import io.keyveil.config.Profile;
import io.keyveil.demo.DemoCertificate;
import io.keyveil.demo.DemoLibraries;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What lies in {@code deploy} is well-formed, and holds what matters. */
class DeployIT {
  private static final Path DEPLOY = Path.of("deploy");
  private static final YAMLMapper YAML = new YAMLMapper();

  @TempDir Path folder;

  private static JsonNode read(String file) throws IOException {
    return YAML.readTree(DEPLOY.resolve(file).toFile());
  }

  private static Map<String, JsonNode> kubernetes() throws IOException {
    Map<String, JsonNode> byKind = new TreeMap<>();
    try (var documents =
        YAML.readerFor(JsonNode.class)
            .<JsonNode>readValues(DEPLOY.resolve("kubernetes/keyveil.yaml").toFile())) {
      while (documents.hasNext()) {
        JsonNode document = documents.next();
        byKind.put(document.path("kind").asText(), document);
      }
    }
    return byKind;
  }

  private record Run(int exit, String output) {}

  private static Run run(Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Run(process.exitValue(), output);
  }

  private static boolean has(String program) {
    return List.of("/usr/bin", "/usr/sbin", "/bin", "/usr/local/bin").stream()
        .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
  }

  @Test
  void theHealthCheckTellsTheLivingFromTheDead() throws Exception {
    assumeTrue(has("bash"), "bash is not installed");
    String script = DEPLOY.resolve("docker/healthy").toString();
    String port;
    try (GatewayHarness gateway = GatewayHarness.start(folder)) {
      port = Integer.toString(gateway.gateway().managementPort());
      assertThat(run(Map.of("KEYVEIL_MANAGEMENT_PORT", port), "bash", script).exit()).isZero();
    }
    assertThat(run(Map.of("KEYVEIL_MANAGEMENT_PORT", port), "bash", script).exit()).isNotZero();
  }

  @Test
  void theImageRunsAsNobodyAndHoldsNoServerOfTheDemo() throws IOException {
    String text = Files.readString(DEPLOY.resolve("docker/Dockerfile"));
    String last = text.substring(text.lastIndexOf("\nFROM "));
    assertThat(text).contains("FROM eclipse-temurin:25-jre AS archive");
    assertThat(last)
        .startsWith("\nFROM eclipse-temurin:25-jre\n")
        .contains("USER 10001:10001")
        .contains("HEALTHCHECK")
        .doesNotContain("curl", "demo-lib");
    assertThat(text).contains("rm -rf demo-lib");
  }

  @Test
  void composeKeepsItsContainersSmall() throws IOException {
    JsonNode services = read("compose/compose.yaml").path("services");
    assertThat(services.fieldNames())
        .toIterable()
        .contains("gateway-1", "gateway-2", "haproxy", "postgres", "s3");
    JsonNode gateway = read("compose/compose.yaml").path("x-gateway");
    assertThat(gateway.path("read_only").asBoolean()).isTrue();
    assertThat(gateway.path("cap_drop").path(0).asText()).isEqualTo("ALL");
    assertThat(gateway.path("user").asText()).isEqualTo("10001:10001");
    assertThat(gateway.path("tmpfs").path(0).asText()).contains("exec");
    assertThat(services.path("gateway-1").path("volumes"))
        .isNotEqualTo(services.path("gateway-2").path("volumes"));
    assertThat(services.findValuesAsText("ports")).hasSize(1);
  }

  @Test
  void composesSettingsAreSettings() throws IOException {
    KeyveilSettings settings =
        settings(
            Files.readString(DEPLOY.resolve("compose/keyveil.yaml")),
            Map.of("S3_ACCESS_KEY", "keyveil"));
    assertThat(settings.listen().tls()).isEmpty();
    assertThat(settings.listen().trustedProxies()).hasSize(1);
  }

  @Test
  void kubernetesSettingsAreSettingsOfProduction() throws IOException {
    JsonNode map = kubernetes().getOrDefault("ConfigMap", YAML.missingNode());
    KeyveilSettings settings = settings(map.path("data").path("keyveil.yaml").asText(), Map.of());
    assertThat(settings.profile()).isEqualTo(Profile.PRODUCTION);
    assertThat(settings.audit().ship().bucket()).isPresent();
  }

  /** With the secrets in a folder of the test's. */
  private KeyveilSettings settings(String text, Map<String, String> environment)
      throws IOException {
    for (String secret : List.of("db-password", "s3-secret", "password")) {
      Files.writeString(folder.resolve(secret), "secret");
    }
    Path file = folder.resolve("keyveil.yaml");
    Files.writeString(
        file,
        text.replace("/run/secrets", folder.toString())
            .replace("/etc/keyveil/db/password", folder.resolve("password").toString()));
    return ConfigReader.read(file, environment);
  }

  @Test
  void kubernetesPodsMayNothingTheyNeedNot() throws IOException {
    Map<String, JsonNode> all = kubernetes();
    assertThat(all)
        .containsKeys(
            "StatefulSet", "PodDisruptionBudget", "NetworkPolicy", "ServiceAccount", "Service");
    JsonNode template = all.getOrDefault("StatefulSet", YAML.missingNode()).at("/spec/template");
    JsonNode pod = template.path("spec");
    JsonNode container = pod.at("/containers/0");
    assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
    assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
    assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean()).isTrue();
    assertThat(container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true)).isFalse();
    assertThat(container.at("/securityContext/capabilities/drop/0").asText()).isEqualTo("ALL");
    assertThat(container.at("/livenessProbe/httpGet/path").asText()).isEqualTo("/livez");
    assertThat(container.at("/readinessProbe/httpGet/path").asText()).isEqualTo("/readyz");
    JsonNode labels = template.at("/metadata/labels");
    for (String selector :
        List.of(
            "PodDisruptionBudget:/spec/selector/matchLabels",
            "NetworkPolicy:/spec/podSelector/matchLabels",
            "Service:/spec/selector",
            "StatefulSet:/spec/selector/matchLabels")) {
      String[] parts = selector.split(":", 2);
      assertThat(all.getOrDefault(parts[0], YAML.missingNode()).at(parts[1])).isEqualTo(labels);
    }
    Set<String> volumes = new TreeSet<>(pod.path("volumes").findValuesAsText("name"));
    volumes.add("data");
    container
        .path("volumeMounts")
        .forEach(mount -> assertThat(volumes).contains(mount.path("name").asText()));
  }

  @Test
  void podsHaveLongerToEndThanDownloads() throws IOException {
    Map<String, JsonNode> all = kubernetes();
    KeyveilSettings settings =
        settings(
            all.getOrDefault("ConfigMap", YAML.missingNode())
                .path("data")
                .path("keyveil.yaml")
                .asText(),
            Map.of());
    int grace =
        all.getOrDefault("StatefulSet", YAML.missingNode())
            .at("/spec/template/spec/terminationGracePeriodSeconds")
            .asInt();
    assertThat(settings.drain().deadline()).isLessThan(Duration.ofSeconds(grace));
  }

  @ParameterizedTest
  @ValueSource(strings = {"FilesBucket", "OpaqueBucket", "AuditBucket", "LogBucket"})
  void everyBucketIsShut(String name) throws IOException {
    JsonNode resources = read("aws/keyveil.yaml").path("Resources");
    JsonNode bucket = resources.path(name).path("Properties");
    List<String> blocks =
        List.of(
            "BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets");
    for (String block : blocks) {
      assertThat(bucket.path("PublicAccessBlockConfiguration").path(block).asBoolean()).isTrue();
    }
    assertThat(bucket.at("/VersioningConfiguration/Status").asText()).isEqualTo("Enabled");
    JsonNode rule = bucket.at("/BucketEncryption/ServerSideEncryptionConfiguration/0");
    boolean logs = name.equals("LogBucket");
    assertThat(rule.at("/ServerSideEncryptionByDefault/SSEAlgorithm").asText())
        .isEqualTo(logs ? "AES256" : "aws:kms");
    assertThat(rule.path("BucketKeyEnabled").asBoolean()).isEqualTo(!logs);
    assertThat(bucket.has("LoggingConfiguration")).isEqualTo(!logs);
    JsonNode statements =
        resources.path(name + "Policy").at("/Properties/PolicyDocument/Statement");
    assertThat(statements.findValuesAsText("aws:SecureTransport")).containsExactly("false");
    List<String> ages = statements.findValuesAsText("s3:signatureAge");
    if (name.equals("FilesBucket") || name.equals("OpaqueBucket")) {
      assertThat(ages).containsExactly("300000");
    } else {
      assertThat(ages).isEmpty();
    }
  }

  @Test
  void theRestOfTheAwsSideIsThere() throws IOException {
    JsonNode resources = read("aws/keyveil.yaml").path("Resources");
    assertThat(resources.at("/Key/Properties/EnableKeyRotation").asBoolean()).isTrue();
    assertThat(
            resources
                .at("/AuditBucket/Properties/ObjectLockConfiguration/Rule/DefaultRetention/Mode")
                .asText())
        .isEqualTo("COMPLIANCE");
    assertThat(resources.at("/Trail/Properties/EventSelectors/0/DataResources/0/Values"))
        .hasSize(3);
    assertThat(resources.at("/DatabaseParameters/Properties/Parameters/rds.force_ssl").asText())
        .isEqualTo("1");
    assertThat(resources.has("DatabaseSecretRotation")).isTrue();
    assertThat(resources.at("/Database/Properties/PubliclyAccessible").asBoolean(true)).isFalse();
    assertThat(resources.at("/OpaqueBucket/Properties/CorsConfiguration/CorsRules")).hasSize(1);
    // Nobody may do everything, save the account with its own key.
    resources
        .path("GatewayRole")
        .findValues("Action")
        .forEach(actions -> assertThat(actions.toString()).doesNotContain("*"));
    assertThat(resources.path("GatewayRole").toString()).doesNotContain("s3:Delete");
  }

  /** CloudFormation itself would say no; nothing here can ask it. */
  @Test
  void everyReferenceOfTheTemplateLeadsSomewhere() throws IOException {
    JsonNode template = read("aws/keyveil.yaml");
    Set<String> known = new TreeSet<>();
    template.path("Parameters").fieldNames().forEachRemaining(known::add);
    template.path("Resources").fieldNames().forEachRemaining(known::add);
    List<String> used = new ArrayList<>(template.findValuesAsText("Ref"));
    template.findValues("Fn::GetAtt").forEach(path -> used.add(path.path(0).asText()));
    template.findValuesAsText("DependsOn").forEach(used::add);
    Matcher inText = Pattern.compile("\\$\\{([A-Za-z]+)[.}]").matcher(template.toString());
    while (inText.find()) {
      used.add(inText.group(1));
    }
    used.removeIf(name -> name.startsWith("AWS::") || name.isEmpty());
    assertThat(used).isNotEmpty();
    assertThat(known).containsAll(used);
  }

  @Test
  void haproxyReadsItsConfiguration() throws Exception {
    assumeTrue(has("haproxy"), "haproxy is not installed");
    DemoCertificate pair = DemoLibraries.load().certificate(List.of("localhost"));
    Path pem = Files.writeString(folder.resolve("site.pem"), pair.certificate() + pair.key());
    Path config =
        Files.writeString(
            folder.resolve("haproxy.cfg"),
            Files.readString(DEPLOY.resolve("compose/haproxy.cfg"))
                .replace("/etc/haproxy/tls/site.pem", pem.toString()));
    Run check = run(Map.of(), "haproxy", "-c", "-f", config.toString());
    assertThat(check.exit()).as(check.output()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"keyveil.cfg", "keyveil-tcp.cfg"})
  void haproxyReadsTheConfigurationsBesideIt(String name) throws Exception {
    assumeTrue(has("haproxy"), "haproxy is not installed");
    DemoCertificate pair = DemoLibraries.load().certificate(List.of("localhost"));
    Path pem = Files.writeString(folder.resolve("site.pem"), pair.certificate() + pair.key());
    Path config =
        Files.writeString(
            folder.resolve("haproxy.cfg"),
            Files.readString(DEPLOY.resolve("haproxy").resolve(name))
                .replace("/etc/haproxy/keyveil.pem", pem.toString()));
    Run check = run(Map.of(), "haproxy", "-c", "-f", config.toString());
    assertThat(check.exit()).as(check.output()).isZero();
    assertThat(check.output()).doesNotContain("[WARNING]", "[ALERT]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "check rules deploy/prometheus/alerts.yaml",
        "test rules deploy/prometheus/alerts.test.yaml"
      })
  void promtoolFindsTheAlertsRight(String question) throws Exception {
    assumeTrue(has("promtool"), "promtool is not installed");
    Run answer = run(Map.of(), ("promtool " + question).split(" ", -1));
    assertThat(answer.exit()).as(answer.output()).isZero();
  }

  @Test
  void systemdReadsTheUnit() throws Exception {
    assumeTrue(has("systemd-analyze"), "systemd is not installed");
    // What it starts is not installed here, so another program stands in for it.
    Path unit =
        Files.writeString(
            folder.resolve("keyveil.service"),
            Files.readString(DEPLOY.resolve("keyveil.service"))
                .replaceAll("(?m)^ExecStart=\\S+", "ExecStart=/bin/true"));
    Run verified = run(Map.of(), "systemd-analyze", "verify", "--man=no", unit.toString());
    assertThat(verified.exit()).as(verified.output()).isZero();
    assertThat(verified.output()).doesNotContain("keyveil.service:");
  }

  @Test
  void systemdFindsTheUnitHardened() throws Exception {
    assumeTrue(has("systemd-analyze"), "systemd is not installed");
    Run score =
        run(
            Map.of(),
            "systemd-analyze",
            "security",
            "--offline=true",
            "--threshold=20",
            DEPLOY.resolve("keyveil.service").toString());
    assertThat(score.exit()).as(score.output()).isZero();
  }

  @Test
  void yamllintFindsNothing() throws Exception {
    assumeTrue(has("yamllint"), "yamllint is not installed");
    Run lint = run(Map.of(), "yamllint", "--strict", "deploy", "conf");
    assertThat(lint.exit()).as(lint.output()).isZero();
  }
}
