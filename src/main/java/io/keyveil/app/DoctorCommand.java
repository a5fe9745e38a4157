package io.keyveil.app;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.access.JwtVerifier;
import io.keyveil.config.KeyveilSettings;
import io.keyveil.http.TlsFiles;
import io.keyveil.http.TlsPair;
import io.keyveil.s3.S3;
import io.keyveil.store.Database;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code keyveil doctor}: tries everything that the gateway needs, and says what is wrong. */
@Command(
    name = "doctor",
    description = "Try everything that the gateway needs, and say what is wrong.",
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ConfigOption config = new ConfigOption();

  @Option(names = "--json", description = "One JSON object.")
  private boolean json;

  private final Map<String, Optional<String>> findings = new LinkedHashMap<>();

  @Override
  public Integer call() {
    KeyveilSettings settings = config.read();
    findings.put("configuration", Optional.empty());
    Vertx vertx = Vertx.vertx();
    try {
      examine(vertx, settings);
    } finally {
      vertx.close().await();
    }
    print();
    advise(settings);
    boolean well = findings.values().stream().allMatch(Optional::isEmpty);
    return well ? 0 : Failures.FAILED;
  }

  private void examine(Vertx vertx, KeyveilSettings settings) {
    InstantSource clock = InstantSource.system();
    check(
        "certificate",
        () -> settings.listen().tls().ifPresent(files -> checkPair(vertx, files, clock)));
    check(
        "keys",
        () -> {
          JwtVerifier tokens = JwtVerifier.create(vertx, settings.tokens(), clock);
          tokens.start().await();
          Map<String, String> unready = tokens.unready();
          tokens.close().await();
          require(unready.isEmpty(), unready.toString());
        });
    check("store", () -> checkStore(vertx, settings));
    check("audit", () -> checkFolder(settings.audit().folder()));
    S3 s3 = S3.of(vertx, settings.s3(), settings.delivery(), clock);
    // Numbers, not names: what people called a bucket is nobody's business here either.
    int number = 0;
    for (String bucket : settings.s3().buckets()) {
      check("bucket " + ++number, () -> s3.control().reach(bucket).await());
    }
    settings
        .s3()
        .opaqueBucket()
        .ifPresent(bucket -> check("opaque bucket", () -> s3.control().reach(bucket).await()));
    s3.close().await();
  }

  private static void checkPair(Vertx vertx, TlsFiles files, InstantSource clock) {
    TlsPair pair = TlsPair.load(vertx, files);
    require(
        pair.certificate().getNotAfter().toInstant().isAfter(clock.instant()),
        "the certificate has ended");
  }

  /** The folder is not opened, since a gateway may be running on it. */
  private static void checkFolder(Path folder) {
    Path there = folder.toAbsolutePath();
    while (there.getParent() != null && !Files.exists(there)) {
      there = there.getParent();
    }
    require(
        Files.isDirectory(there) && Files.isWritable(there),
        "audit.folder: " + folder + " cannot be written");
  }

  private static void checkStore(Vertx vertx, KeyveilSettings settings) {
    Database database = Database.open(vertx, settings.store());
    try {
      database.ping().await();
    } finally {
      database.close();
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new CommandFailedException(otherwise);
    }
  }

  private void check(String name, Runnable attempt) {
    try {
      attempt.run();
      findings.put(name, Optional.empty());
    } catch (RuntimeException e) {
      findings.put(
          name, Optional.of(Optional.ofNullable(e.getMessage()).orElse(e.getClass().getName())));
    }
  }

  /** What works, and is not as it should be. */
  private void advise(KeyveilSettings settings) {
    if (!json && settings.audit().signingKey().isEmpty()) {
      PrintWriter out = spec.commandLine().getOut();
      out.println(
          "note  audit: checkpoints are not signed (expected: audit.signingKey, by openssl genpkey"
              + " -algorithm ed25519)");
      out.flush();
    }
  }

  private void print() {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      ObjectNode all = JsonNodeFactory.instance.objectNode();
      findings.forEach((name, reason) -> all.put(name, reason.orElse("ok")));
      out.println(all);
    } else {
      findings.forEach(
          (name, reason) ->
              out.println(reason.map(why -> "FAIL  " + name + ": " + why).orElse("ok    " + name)));
    }
    out.flush();
  }
}
