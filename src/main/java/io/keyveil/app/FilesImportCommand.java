package io.keyveil.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.file.CatalogUnavailableException;
import io.keyveil.file.FieldProblem;
import io.keyveil.file.FileRecord;
import io.keyveil.file.Registration;
import io.keyveil.file.RegistrationResult;
import io.keyveil.file.StoreUnavailableException;
import io.vertx.core.Future;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code keyveil files import}: registers one object for each line. A few lines are under way at a
 * time, so that a file of any length takes little memory; results come in the order of the lines.
 */
@Command(
    name = "import",
    description = {
      "Register one object for each line of a file (NDJSON), and print one result a line.",
      "It may be run again: what was registered before is found, not doubled."
    },
    mixinStandardHelpOptions = true)
final class FilesImportCommand implements Callable<Integer> {
  private static final int AT_ONCE = 32;
  private static final int LONGEST_LINE = 64 << 10;
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ConfigOption config = new ConfigOption();

  @Parameters(paramLabel = "FILE", description = "One JSON object a line, as the API takes it.")
  private Path file = Path.of("");

  private final Deque<Future<ObjectNode>> underWay = new ArrayDeque<>();
  private long failures;

  @Override
  public Integer call() throws IOException {
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw new CommandFailedException("FILE: " + file + " (expected: a readable NDJSON file)");
    }
    Progress progress = Progress.on(spec.commandLine().getErr(), "importing", Files.size(file));
    try (Workshop workshop = Workshop.open(config.read());
        BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      run(workshop, lines, progress);
    } catch (CharacterCodingException e) {
      throw new CommandFailedException("FILE: " + file + " is not UTF-8 (expected: NDJSON)");
    }
    progress.done();
    return failures == 0 ? 0 : Failures.FAILED;
  }

  private void run(Workshop workshop, BufferedReader lines, Progress progress) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    long number = 0;
    long read = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      read += line.length() + 1L;
      if (!line.isBlank()) {
        underWay.add(take(workshop, number, line));
      }
      if (underWay.size() >= AT_ONCE) {
        print(out);
      }
      progress.at(read);
    }
    while (!underWay.isEmpty()) {
      print(out);
    }
    out.flush();
  }

  private void print(PrintWriter out) {
    ObjectNode result = underWay.remove().await();
    failures += result.has("errors") ? 1 : 0;
    out.println(result);
  }

  private static Future<ObjectNode> take(Workshop workshop, long number, String line) {
    ObjectNode result = JsonNodeFactory.instance.objectNode().put("line", number);
    return parse(line)
        .map(
            json ->
                workshop
                    .registrations()
                    .read(json)
                    .match(
                        wish -> register(workshop, wish, result),
                        problems -> Future.succeededFuture(errors(result, lines(problems)))))
        .orElseGet(() -> Future.succeededFuture(errors(result, List.of("not a JSON object"))));
  }

  private static Future<ObjectNode> register(
      Workshop workshop, Registration wish, ObjectNode result) {
    return workshop
        .log()
        .around(
            OperatorLog.Act.of("register"),
            () -> workshop.registry().registerOnce(wish),
            RegistrationResult::registered)
        .map(
            outcome ->
                outcome.match(
                    registered -> told(result, registered, "registered"),
                    known -> told(result, known, "known"),
                    problems -> errors(result, lines(problems))))
        .recover(failure -> unavailable(result, failure));
  }

  /** One line that fails does not end the import; run again, it is tried again. */
  private static Future<ObjectNode> unavailable(ObjectNode result, Throwable failure) {
    return failure instanceof CatalogUnavailableException
            || failure instanceof StoreUnavailableException
        ? Future.succeededFuture(
            errors(result, List.of(Optional.ofNullable(failure.getMessage()).orElse("failed"))))
        : Future.failedFuture(failure);
  }

  private static ObjectNode told(ObjectNode result, FileRecord file, String word) {
    return result.put("result", word).put("id", file.id().text()).put("state", file.state().word());
  }

  private static ObjectNode errors(ObjectNode result, List<String> lines) {
    result.put("result", "refused");
    lines.forEach(result.putArray("errors")::add);
    return result;
  }

  private static List<String> lines(List<FieldProblem> problems) {
    return problems.stream().map(FieldProblem::line).toList();
  }

  private static Optional<JsonNode> parse(String line) {
    if (line.length() > LONGEST_LINE) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(JSON.readTree(line)).filter(JsonNode::isObject);
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }
}
