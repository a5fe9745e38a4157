package io.keyveil.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.access.Algorithm;
import io.keyveil.access.IssuerSettings;
import io.keyveil.access.SharedSecret;
import io.keyveil.access.TokenSettings;
import io.keyveil.delivery.DataSize;
import io.keyveil.http.AddressBlock;
import io.keyveil.s3.S3Credentials;
import io.keyveil.store.DatabasePassword;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That no setting is forgotten: not in the file, not in the reader, not in the environment. */
final class EverySettingTest {
  /** What stands for a secret or a switch in other ways than the sample has. */
  private static final Pattern OTHER_WAY = Pattern.compile(".*\\.(env|file)|listen\\.tls");

  @TempDir private Path folder;

  @Test
  void hasItsDefaultInTheFileThatListsThem() {
    assertThat(ConfigReader.parse(SampleSettings.defaultsFile(), Map.of()))
        .isEqualTo(KeyveilSettings.DEFAULTS);
  }

  @Test
  void isListedInTheFile() throws IOException {
    String listing = Files.readString(SampleSettings.defaultsFile());
    assertThat(ConfigReader.settings())
        .filteredOn(path -> !OTHER_WAY.matcher(path).matches())
        .allSatisfy(path -> assertThat(section(listing, path)).matches(mention(path)));
  }

  @Test
  void isTheDefaultWhereNothingIsGiven() {
    assertThat(ConfigReader.parse(Map.of())).isEqualTo(KeyveilSettings.DEFAULTS);
  }

  @Test
  void landsWhenTheFileGivesAnotherValue() throws IOException {
    assertThat(atItsDefault(sample(), KeyveilSettings.DEFAULTS, "")).isEmpty();
    assertThat(sample().listen().trustedProxies())
        .containsExactly(
            AddressBlock.parse("10.0.0.0/8").orElseThrow(),
            AddressBlock.parse("::1").orElseThrow());
    assertThat(sample().s3().buckets()).containsExactly("clinic-files", "0012");
    assertThat(sample().tokens().issuers())
        .containsExactly(
            new IssuerSettings(
                "https://one.example.org/",
                List.of("first"),
                "https://one.example.org/jwks.json",
                Optional.empty(),
                List.of(Algorithm.PS256),
                List.of("JWT"),
                Optional.of(Duration.ofSeconds(1)),
                Optional.of(Duration.ofMinutes(2)),
                List.of("sid"),
                List.of("scope"),
                List.of("groups")),
            new IssuerSettings(
                "two",
                List.of("second", "other"),
                "",
                Optional.of(SharedSecret.of("idp-secret-of-thirty-two-bytes-and-more")),
                List.of(Algorithm.HS256),
                List.of("at+jwt"),
                Optional.of(Duration.ofSeconds(4)),
                Optional.of(Duration.ofMinutes(5)),
                List.of("jti"),
                List.of("perms"),
                List.of("/realm/roles")));
    assertThat(sample().store().password()).contains(DatabasePassword.of("db-secret"));
    assertThat(sample().s3().credentials())
        .contains(new S3Credentials("id-secret", "key-secret", Optional.of("t-secret")));
  }

  @Test
  void worksInProductionWithTheExamplesOfTheFileThatListsThem() throws IOException {
    Path secret = Files.writeString(folder.resolve("secret"), "hunter2");
    String examples =
        Files.readString(SampleSettings.defaultsFile())
            .replace("issuers: []", "issuers:")
            .replaceAll("(?m)^  # (?=( |password:|credentials:))", "  ")
            .replaceAll("/run/secrets/[a-z0-9-]+", secret.toString());
    Path file = Files.writeString(folder.resolve("examples.yaml"), examples);
    KeyveilSettings settings = ConfigReader.read(file, Map.of("S3_KEY", "id"));
    assertThat(settings.tokens().issuers())
        .containsExactly(
            new IssuerSettings(
                "https://idp.example.org/",
                List.of("keyveil"),
                "https://idp.example.org/jwks.json",
                Optional.empty(),
                IssuerSettings.DEFAULT_ALGORITHMS,
                TokenSettings.DEFAULTS.types(),
                Optional.of(TokenSettings.DEFAULTS.leeway()),
                Optional.of(TokenSettings.DEFAULTS.maxLife()),
                IssuerSettings.DEFAULT_REQUIRED_CLAIMS,
                IssuerSettings.DEFAULT_SCOPE_CLAIMS,
                IssuerSettings.DEFAULT_ROLE_CLAIMS));
    assertThat(settings.store().password()).contains(DatabasePassword.of("hunter2"));
    assertThat(settings.s3().credentials())
        .contains(new S3Credentials("id", "hunter2", Optional.of("hunter2")));
  }

  @Test
  void landsTheSameByEnvironment() throws IOException {
    assertThat(ConfigReader.parse(SampleSettings.variables())).isEqualTo(sample());
  }

  @Test
  void landsTheSameByEnvironmentAboveTheFile() {
    assertThat(ConfigReader.parse(SampleSettings.defaultsFile(), SampleSettings.variables()).s3())
        .isEqualTo(ConfigReader.parse(SampleSettings.variables()).s3());
  }

  @Test
  void hasAVariableOfItsOwn() {
    List<String> variables =
        ConfigReader.settings().stream()
            .filter(path -> !OTHER_WAY.matcher(path).matches())
            // The second issuer of the sample has it, since none may have it beside a key set.
            .filter(path -> !path.equals("tokens.issuers.0.secret"))
            .map(Environment::variable)
            .toList();
    Set<String> sampled =
        SampleSettings.variables().keySet().stream()
            .filter(name -> !name.contains("_ISSUERS_1_"))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(variables).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(sampled);
  }

  private KeyveilSettings sample() throws IOException {
    Path file = Files.writeString(folder.resolve("keyveil.yaml"), SampleSettings.FILE);
    return ConfigReader.parse(file, SampleSettings.SECRETS);
  }

  private static String section(String listing, String path) {
    String name = path.split("\\.", 2)[0];
    String from = listing.substring(("\n" + listing).indexOf("\n" + name + ":"));
    int end =
        Pattern.compile("\\n[a-z0-9]")
            .matcher(from)
            .results()
            .findFirst()
            .map(r -> r.start())
            .orElse(from.length());
    return from.substring(0, end);
  }

  private static Pattern mention(String path) {
    String leaf = path.substring(path.lastIndexOf('.') + 1);
    return Pattern.compile("(?s).*\\b" + leaf + ":.*");
  }

  /** The paths of components, in records within records, that equal the default. */
  private static List<String> atItsDefault(Object found, Object standard, String path) {
    List<String> same = new ArrayList<>();
    for (RecordComponent component : found.getClass().getRecordComponents()) {
      String name = path + "." + component.getName();
      Object here = open(value(component, found));
      Object there = open(value(component, standard));
      if (here instanceof Record && here.getClass() == there.getClass() && isSection(here)) {
        same.addAll(atItsDefault(here, there, name));
      } else if (here.equals(there)) {
        same.add(name);
      }
    }
    return same;
  }

  /** A size is a record, but one setting. */
  private static boolean isSection(Object record) {
    return !(record instanceof DataSize);
  }

  private static Object open(Object value) {
    return value instanceof Optional<?> optional && optional.isPresent() ? optional.get() : value;
  }

  private static Object value(RecordComponent component, Object record) {
    try {
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("a record component", e);
    }
  }
}
