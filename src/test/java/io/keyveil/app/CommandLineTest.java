package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What the command line says of arguments that are wrong, and with which exit code. */
class CommandLineTest {
  private static final String NO_FILE = "keyveil: no such file\n";

  @TempDir private Path folder;
  private String config = "";

  /** What a command printed, and how it ended. */
  private record Run(int code, String out, String err) {}

  @BeforeEach
  void writeConfig() throws IOException {
    config = config(0, 0);
  }

  private String config(int port, int managementPort) throws IOException {
    String yaml =
        """
        profile: development
        listen: {host: 127.0.0.1, port: %d, publicUrl: "http://localhost", tls: off}
        management: {port: %d}
        store: {url: "sqlite:%s"}
        s3: {buckets: [clinic], region: us-east-1}
        audit: {folder: "%s"}
        """
            .formatted(port, managementPort, folder.resolve("keyveil.db"), folder.resolve("audit"));
    return Files.writeString(folder.resolve("keyveil.yaml"), yaml).toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-AAAAAAAAAAAAAAAAAAAAA", "--AAAAAAAAAAAAAAAAAAAA"})
  void takesAnIdThatBeginsLikeAnOption(String id) {
    Run show = run("files", "show", "--config", config, id);
    assertThat(show).isEqualTo(new Run(1, "", NO_FILE));

    Run revoke = run("files", "revoke", "--config", config, id);
    assertThat(revoke).isEqualTo(new Run(1, "", "keyveil: " + id + ": no such file\n"));
  }

  @Test
  void takesAnIdThatBeginsLikeTheOptionForHelpAfterTwoHyphens() {
    assertThat(run("files", "show", "--config", config, "--", "-hAAAAAAAAAAAAAAAAAAAA"))
        .isEqualTo(new Run(1, "", NO_FILE));
  }

  @Test
  void theDoctorMigratesNothingAndSaysWhatHelps() {
    Run run = run("doctor", "--json", "--config", config);
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out())
        .startsWith("{\"severity\":\"failure\",\"findings\":[{\"check\":\"configuration\"")
        .contains("{\"check\":\"store\",\"severity\":\"note\",\"found\":\"there is none yet\",")
        .contains("\"check\":\"bucket 1\",\"severity\":\"failure\"")
        .doesNotContain("clinic");
    // Programs read it, so that no field may go or change its kind.
    JsonObject report = new JsonObject(run.out());
    assertThat(report.fieldNames()).containsExactly("severity", "findings");
    assertThat(report.getJsonArray("findings"))
        .isNotEmpty()
        .allSatisfy(
            finding ->
                assertThat(((JsonObject) finding).getMap())
                    .containsOnlyKeys("check", "severity", "found", "remedy")
                    .allSatisfy((name, text) -> assertThat(text).isInstanceOf(String.class)));
  }

  @Test
  void theDoctorLeavesNoTrace() throws IOException {
    List<Path> before = everything();
    assertThat(run("doctor", "--config", config).code()).isEqualTo(1);
    assertThat(everything()).isEqualTo(before);
    assertThat(run("store", "migrate", "--config", config).code()).isZero();
    List<Path> migrated = everything();
    byte[] database = Files.readAllBytes(folder.resolve("keyveil.db"));
    assertThat(run("doctor", "--config", config).out()).contains("ok             store\n");
    assertThat(everything()).isEqualTo(migrated);
    assertThat(Files.readAllBytes(folder.resolve("keyveil.db"))).isEqualTo(database);
  }

  private List<Path> everything() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.sorted().toList();
    }
  }

  @Test
  void namesTheCommandsWhenOneIsUnknown() {
    Run run = run("severe");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).startsWith("keyveil: unknown command (expected: serve, demo, ");
  }

  @Test
  void tellsEachOptionThatIsWrongOnALineOfItsOwn() {
    Run run =
        run(
            "files",
            "register",
            "--config",
            config,
            "--bucket",
            "other",
            "--key",
            "Jane/1",
            "--name",
            "a.pdf",
            "--delivery",
            "fast");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err().lines())
        .containsExactlyInAnyOrder(
            "keyveil: --bucket: not on the list (expected: s3.buckets)",
            "keyveil: --delivery: an unknown word (expected: auto or stream or redirect)",
            "keyveil: --allow: missing (expected: subject=NAME, claim:NAME=VALUE,"
                + " contains:NAME=VALUE, scope=NAME, role=NAME, issuer=NAME or"
                + " anyone-authenticated)");
  }

  @Test
  void refusesARuleItDoesNotKnow() {
    Run run =
        run(
            "files",
            "register",
            "--config",
            config,
            "--bucket",
            "clinic",
            "--key",
            "Jane/1",
            "--allow",
            "foo=bar");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).startsWith("keyveil: --allow: another form (expected: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"verify", "show"})
  void saysThatThereIsNoAuditFolder(String command) {
    Path missing = folder.resolve("nowhere");
    Run said = run("audit", command, "--folder", missing.toString());
    assertThat(said.code()).isEqualTo(1);
    assertThat(said.err())
        .isEqualTo(
            "keyveil: --folder: "
                + missing
                + " is no folder (expected: a folder with an audit"
                + " log)\n");

    Run configured = run("audit", command, "--config", config);
    assertThat(configured.code()).isEqualTo(1);
    assertThat(configured.err()).startsWith("keyveil: audit.folder: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"listen", "management"})
  void saysWhichPortIsTaken(String section) throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      boolean listen = section.equals("listen");
      Run run = run("serve", "--config", config(listen ? port : 0, listen ? 0 : port));
      assertThat(run.code()).isEqualTo(1);
      assertThat(run.err())
          .isEqualTo(
              "keyveil: "
                  + section
                  + ".port: "
                  + port
                  + " cannot be listened on (expected: a free port that this user may have, at an"
                  + " address of this machine)\n");
    }
  }

  @Test
  void doesNotSearchTheAuditLogForWhatIsNoId() {
    assertThat(run("audit", "show", "--folder", folder.toString(), "--file", "abc").code())
        .isEqualTo(2);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void helpsWithEveryCommand(List<String> command) {
    List<String> arguments = new ArrayList<>(command);
    arguments.add("--help");
    Run run = run(arguments.toArray(String[]::new));
    assertThat(run.code()).isZero();
    assertThat(run.out()).startsWith(("Usage: keyveil " + String.join(" ", command)).strip());
    assertThat(run.err()).isEmpty();
  }

  private static Stream<List<String>> commands() {
    return below(List.of(), Main.commandLine());
  }

  private static Stream<List<String>> below(List<String> path, CommandLine command) {
    return Stream.concat(
        Stream.of(path),
        command.getSubcommands().entrySet().stream()
            .flatMap(
                entry ->
                    below(
                        Stream.concat(path.stream(), Stream.of(entry.getKey())).toList(),
                        entry.getValue())));
  }

  private static Run run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Main.commandLine(arguments)
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(arguments);
    return new Run(code, out.toString(), err.toString());
  }
}
