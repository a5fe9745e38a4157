package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** An operator learns on the command line what the gateway decides, and why. */
class ExplainIT {
  @TempDir static Path folder;
  private static GatewayHarness gateway;
  private static Path config;
  private static String id;

  @BeforeAll
  static void start() throws IOException {
    gateway = GatewayHarness.start(folder);
    id = gateway.file("patients/Jane Doe.bin", new byte[10], "alice", "stream");
    config =
        Files.writeString(
            folder.resolve("keyveil.yaml"),
            """
            profile: development
            tokens:
              issuers:
                - {issuer: "%s", audience: "%s", jwks: "file:%s"}
            store: {url: "sqlite:%s"}
            s3:
              endpoint: "%s"
              pathStyle: true
              buckets: [%s]
              credentials: {accessKeyId: {file: "%s"}, secretAccessKey: {file: "%s"}}
            """
                .formatted(
                    GatewayHarness.ISSUER,
                    GatewayHarness.AUDIENCE,
                    folder.resolve("jwks.json"),
                    folder.resolve("keyveil.db"),
                    gateway.s3().endpoint(),
                    GatewayHarness.BUCKET,
                    Files.writeString(folder.resolve("id"), "local"),
                    Files.writeString(folder.resolve("secret"), "secret")));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  /** What a command printed, and its exit code. */
  private record Run(int code, String out, String err) {}

  private static Run run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command = Main.commandLine();
    int code = command.setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(arguments);
    return new Run(code, out.toString(), err.toString());
  }

  private static Run explain(String token, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("files", "explain", "--token", token, "--config", config.toString()));
    arguments.addAll(List.of(more));
    arguments.addAll(List.of("--", id));
    return run(arguments.toArray(String[]::new));
  }

  @Test
  void saysWhyAFileIsGiven() {
    Run run = explain(gateway.reader("alice"));
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(run.out())
        .contains("token      holds  alice of " + GatewayHarness.ISSUER)
        .contains("holds    {\"subject\":\"alice\"}")
        .contains("answer     file")
        .doesNotContain("FAILS", "Jane", GatewayHarness.BUCKET);
  }

  @Test
  void saysWhichPartOfTheRuleFails() {
    Run run = explain(gateway.reader("bob"));
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out())
        .contains("rule       FAILS")
        .contains("FAILS    {\"subject\":\"alice\"}")
        .contains("answer     404");
  }

  @Test
  void saysWhatIsWrongWithATokenOrItsScope() {
    assertThat(explain("x.y.z").out()).contains("token      FAILS  malformed", "answer     401");
    String unscoped = gateway.token("alice", Set.of("other"), Map.of());
    assertThat(explain(unscoped).out()).contains("scope      FAILS  files:read", "answer     403");
  }

  @Test
  void tellsProgramsInJson() {
    JsonObject json = new JsonObject(explain(gateway.reader("bob"), "--json").out());
    assertThat(json.getInteger("status")).isEqualTo(404);
    assertThat(json.getJsonObject("rule").getBoolean("holds")).isFalse();
    assertThat(json.getJsonArray("checks")).hasSizeGreaterThan(4);
  }

  @Test
  void blocksAndLiftsOnTheCommandLine() {
    String alice = gateway.reader("alice");
    String file = config.toString();
    Run block =
        run("block", "subject", "alice", "--reason", "a test", "--expires", "1h", "--config", file);
    assertThat(block.err()).isEmpty();
    assertThat(block.code()).isZero();
    String name = block.out().strip();
    Wait.until("the block", () -> gateway.get("/files/" + id, alice).status() == 401);
    assertThat(explain(alice).out()).contains("unblocked  FAILS", "answer     401");
    assertThat(run("block", "list", "--config", file).out()).contains(name, "subject", "a test");
    assertThat(run("block", "list", "--json", "--config", file).out())
        .startsWith("{\"id\":\"" + name);
    assertThat(run("block", "lift", "--config", file, "--", name).code()).isZero();
    Wait.until("its end", () -> gateway.get("/files/" + id, alice).status() == 200);
    Run again = run("block", "lift", "--config", file, "--", name);
    assertThat(again.code()).isEqualTo(1);
    assertThat(again.err()).isEqualTo("keyveil: no such block\n");
  }

  @Test
  void refusesABadBlockWithOneLine() {
    assertThat(run("block").err()).startsWith("keyveil: KIND: missing (expected: what to block");
    assertThat(run("block", "planet", "--config", config.toString()).err())
        .isEqualTo(
            "keyveil: KIND: an unknown word (expected: one of everything, issuer, subject,"
                + " client, token, file, link)\n");
    assertThat(run("block", "subject", "--config", config.toString()).err())
        .isEqualTo(
            "keyveil: VALUE: missing (expected: 1 to 256 characters, none of them a control)\n");
    assertThat(run("block", "file", "x", "--config", config.toString()).err())
        .isEqualTo("keyveil: VALUE: no ID (expected: 22 of A-Z a-z 0-9 - _)\n");
  }
}
