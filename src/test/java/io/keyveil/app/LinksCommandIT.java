package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.app.GatewayHarness.Answer;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Links as an operator makes and ends them, beside a gateway that runs. */
class LinksCommandIT {
  @TempDir static Path folder;
  private static GatewayHarness gateway;
  private static Path config;
  private static String file;
  private static String other;

  /** What a command said. */
  private record Said(int code, String out, String err) {}

  @BeforeAll
  static void start() throws IOException {
    gateway = GatewayHarness.start(folder);
    file = gateway.file("patients/Jane Doe.bam", new byte[100], "alice", "stream");
    other = gateway.file("patients/Jane Doe.bam.bai", new byte[50], "alice", "stream");
    config =
        Files.writeString(
            folder.resolve("keyveil.yaml"),
            """
            profile: development
            listen: {publicUrl: "https://localhost:%d", tls: {certificate: %s, key: %s}}
            store: {url: "sqlite:%s"}
            s3: {endpoint: "%s", buckets: [%s]}
            audit: {folder: %s}
            """
                .formatted(
                    gateway.gateway().port(),
                    folder.resolve("cert.pem"),
                    folder.resolve("key.pem"),
                    folder.resolve("keyveil.db"),
                    gateway.s3().endpoint(),
                    GatewayHarness.BUCKET,
                    gateway.settings().audit().folder()));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static Said run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine keyveil = Main.commandLine();
    keyveil.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int code =
        keyveil.execute(
            Stream.concat(Stream.of(arguments), Stream.of("--config=" + config))
                .toArray(String[]::new));
    return new Said(code, out.toString(), err.toString());
  }

  private static Answer get(String url) {
    return gateway.send(
        HttpMethod.GET,
        URI.create(url).getPath(),
        Optional.empty(),
        Buffer.buffer(),
        "User-Agent",
        "a person's");
  }

  private static List<JsonObject> recorded(String action) throws IOException {
    try (Stream<Path> all = Files.list(gateway.settings().audit().folder().resolve("operator"))) {
      return all.filter(log -> log.toString().endsWith(".jsonl"))
          .sorted()
          .flatMap(
              log -> {
                try {
                  return Files.readAllLines(log).stream();
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              })
          .map(JsonObject::new)
          .filter(record -> action.equals(record.getString("action")))
          .toList();
    }
  }

  @Test
  void createsALinkAndPrintsItsUrlAlone() throws IOException {
    Said said =
        run("links", "create", file, "--expires", "10m", "--max-downloads", "1", "--landing");
    assertThat(said.code()).as(said.err()).isZero();
    assertThat(said.out().strip())
        .matches("https://localhost:" + gateway.gateway().port() + "/links/[A-Za-z0-9_-]{32}");
    assertThat(get(said.out().strip()).header("content-type").orElse("")).startsWith("text/html");
    JsonObject shown = new JsonObject(run("links", "create", file, "--json").out());
    String id = shown.getString("id");
    assertThat(run("links", "show", id).out()).contains(id).doesNotContain("/links/");
    assertThat(recorded("mint-link"))
        .anyMatch(
            record ->
                "minted".equals(record.getString("outcome"))
                    && id.equals(record.getJsonObject("target").getString("value")));
    assertThat(run("links", "revoke", id).code()).isZero();
    assertThat(get(shown.getString("url")).status()).isEqualTo(410);
    assertThat(recorded("revoke-link")).isNotEmpty();
    assertThat(run("links", "revoke", "AAAAAAAAAAAAAAAAAAAAAA").code()).isEqualTo(1);
  }

  @Test
  void coversAnIndexUnderItsName() {
    Said said = run("links", "create", file, "--name", "s.bam", "--sibling", "s.bam.bai=" + other);
    assertThat(said.code()).as(said.err()).isZero();
    assertThat(get(said.out().strip()).body().length()).isEqualTo(100);
    assertThat(get(said.out().strip() + ".bai").body().length()).isEqualTo(50);
  }

  @Test
  void tellsInOneLineWhatIsWrong() {
    for (String[] wrong :
        List.of(
            new String[] {"--expires", "10 minutes"},
            new String[] {"--max-downloads", "0"},
            new String[] {"--name", "../x"})) {
      Said said = run("links", "create", file, wrong[0], wrong[1]);
      assertThat(said.code()).isEqualTo(2);
      assertThat(said.err()).startsWith("keyveil: " + wrong[0] + ": ").contains("(expected: ");
    }
    assertThat(run("links", "create", "AAAAAAAAAAAAAAAAAAAAAA").err()).contains("no such file");
  }

  @Test
  void rendersADocumentOrNothing() throws IOException {
    Path document = folder.resolve("viewer.yaml");
    Path unused =
        Files.writeString(
            document,
            "# tracks\ntracks:\n  - {url: \"keyveil:"
                + file
                + "\", index: \"keyveil:"
                + other
                + "\"}\n");
    Said dry = run("links", "render", document.toString(), "--dry-run");
    assertThat(dry.err()).contains("2 links would be minted");
    assertThat(dry.out()).isEmpty();
    Path output = folder.resolve("rendered.yaml");
    assertThat(run("links", "render", document.toString(), "--output", output.toString()).code())
        .isZero();
    String rendered = Files.readString(output);
    assertThat(rendered).startsWith("# tracks\n").doesNotContain("keyveil:");
    String url = rendered.replaceAll("(?s).*url: \"([^\"]*)\".*", "$1");
    assertThat(get(url).body().length()).isEqualTo(100);

    Path bad =
        Files.writeString(
            folder.resolve("bad.json"),
            "[\"keyveil:" + file + "\", \"keyveil:AAAAAAAAAAAAAAAAAAAAAA\"]");
    int before = recorded("mint-link").size();
    Said refused = run("links", "render", bad.toString());
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains("nothing was minted");
    assertThat(recorded("mint-link")).hasSize(before);

    Said unwritable =
        run("links", "render", document.toString(), "--output", folder + "/no/such/folder");
    assertThat(unwritable.code()).isEqualTo(1);
    assertThat(unwritable.err()).contains("revoked again");
    assertThat(recorded("revoke-link")).hasSizeGreaterThanOrEqualTo(2);
  }
}
