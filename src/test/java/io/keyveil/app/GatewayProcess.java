package io.keyveil.app;

import io.keyveil.s3.LocalS3;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A gateway in a process of its own, which can be asked to stop as an operator does. */
final class GatewayProcess implements AutoCloseable {
  private final Path folder;
  private final String name;
  private final int port = Front.freePort();
  private final int management = Front.freePort();
  private final Path config;
  private final Map<String, String> environment;
  private Process process;

  /**
   * What is not the same for all of them.
   *
   * @param listen settings of {@code listen}, as YAML
   * @param drain those of {@code drain}
   * @param store those of {@code store}
   * @param s3 where its S3 is
   * @param more further settings
   * @param environment where it finds S3 credentials; empty: it is given them
   */
  record Wish(
      String listen,
      String drain,
      String store,
      URI s3,
      String more,
      Map<String, String> environment) {
    /** On the SQLite file of a harness. */
    Wish(GatewayHarness beside, URI s3, String listen, String drain) {
      this(
          listen,
          drain,
          "url: \"sqlite:" + beside.folder().resolve("keyveil.db") + "\"",
          s3,
          "",
          Map.of());
    }

    Wish withStore(String other) {
      return new Wish(listen, drain, other, s3, more, environment);
    }

    Wish with(String settings) {
      return new Wish(listen, drain, store, s3, settings, environment);
    }

    Wish in(Map<String, String> surroundings) {
      return new Wish(listen, drain, store, s3, more, surroundings);
    }

    private String credentials() {
      return environment.isEmpty()
          ? "credentials: {accessKeyId: {env: S3_ID}, secretAccessKey: {env: S3_SECRET}}"
          : "region: us-east-1";
    }
  }

  /** One that shares the store and the issuer of a harness. */
  GatewayProcess(GatewayHarness beside, String name, String listen, String drain) {
    this(beside, name, new Wish(beside, beside.s3().endpoint(), listen, drain));
  }

  /** One that shares the issuer of a harness. */
  GatewayProcess(GatewayHarness beside, String name, Wish wish) {
    this.folder = beside.folder();
    this.name = name;
    this.environment = wish.environment();
    try {
      config =
          Files.writeString(
              folder.resolve(name + ".yaml"),
              """
              profile: production
              listen: {host: 127.0.0.1, port: %d, publicUrl: "https://localhost", %s}
              management: {port: %d}
              tokens:
                issuers:
                  - {issuer: "%s", audience: %s, jwks: "file:%s", algorithms: [RS256]}
              store: {%s}
              s3:
                endpoint: %s
                pathStyle: true
                buckets: [%s]
                opaqueBucket: %s
                %s
              audit: {folder: "%s", durability: write, instance: %s}
              drain: {%s}
              %s
              """
                  .formatted(
                      port,
                      wish.listen(),
                      management,
                      GatewayHarness.ISSUER,
                      GatewayHarness.AUDIENCE,
                      folder.resolve("jwks.json"),
                      wish.store(),
                      wish.s3(),
                      GatewayHarness.BUCKET,
                      GatewayHarness.OPAQUE_BUCKET,
                      wish.credentials(),
                      folder.resolve("audit-" + name),
                      name,
                      wish.drain(),
                      wish.more()));
      process = launch();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String tls(GatewayHarness beside) {
    return "tls: {certificate: \"%s\", key: \"%s\"}"
        .formatted(beside.folder().resolve("cert.pem"), beside.folder().resolve("key.pem"));
  }

  private Process launch() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx160m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "serve",
                "--config",
                config.toString())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(
                ProcessBuilder.Redirect.appendTo(folder.resolve(name + ".log").toFile()));
    builder.environment().put("S3_ID", LocalS3.ACCESS_KEY);
    builder.environment().put("S3_SECRET", LocalS3.SECRET_KEY);
    builder.environment().put("OFFLOAD", Carrier.SECRET);
    builder.environment().keySet().removeIf(variable -> variable.startsWith("AWS_"));
    builder.environment().putAll(environment);
    return builder.start();
  }

  int port() {
    return port;
  }

  int management() {
    return management;
  }

  void awaitReady() {
    Wait.until(name + " ready", () -> ready().startsWith("HTTP/1.1 200"));
  }

  /** What it says about itself; nothing if it says nothing. */
  String ready() {
    if (!process.isAlive()) {
      throw new AssertionError(name + " ended: " + log());
    }
    return RawHttp.ask(management, RawHttp.get("/readyz"));
  }

  /** SIGTERM. */
  void terminate() {
    process.destroy();
  }

  /** As when the machine is switched off. */
  void kill() {
    process.destroyForcibly();
    Wait.until(name + " killed", () -> !process.isAlive());
  }

  int awaitEnd() throws InterruptedException {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new AssertionError(name + " does not end");
    }
    return process.exitValue();
  }

  void restart() {
    try {
      process = launch();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String log() {
    try {
      return Files.readString(folder.resolve(name + ".log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<String> audit() {
    try (var files = Files.list(folder.resolve("audit-" + name))) {
      return files
          .filter(file -> file.toString().endsWith(".jsonl"))
          .sorted()
          .flatMap(
              file -> {
                try {
                  return Files.readAllLines(file).stream();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              })
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
