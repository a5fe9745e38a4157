package io.keyveil.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.file.DeliveryPolicy;
import io.keyveil.file.FieldProblem;
import io.keyveil.file.FileChangeReader;
import io.keyveil.file.FileJson;
import io.keyveil.file.Reading;
import io.keyveil.file.RegistrationReader;
import io.keyveil.file.SampleFiles;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract is sound in itself, and says what the code does. */
final class OpenApiTest {
  private static final OpenApiDocument CONTRACT = OpenApiDocument.load();
  private static final JsonMapper JSON = new JsonMapper();

  private final InstantSource clock = InstantSource.fixed(SampleFiles.NOW);
  private final RegistrationReader registrations =
      new RegistrationReader(Set.of("clinic-files"), DeliveryPolicy.AUTO, clock);
  private final FileChangeReader changes = new FileChangeReader(clock);

  @Test
  void isOfTheVersionThatItSays() {
    assertThat(CONTRACT.root().path("openapi").asText()).startsWith("3.1.");
    assertThat(CONTRACT.root().path("info").path("version").asText()).isNotEmpty();
  }

  @Test
  void listsTheOperations() {
    assertThat(CONTRACT.operations())
        .containsExactlyInAnyOrder(
            "GET /files/{id}",
            "HEAD /files/{id}",
            "POST /api/v1/blocks",
            "GET /api/v1/blocks",
            "DELETE /api/v1/blocks/{id}",
            "POST /api/v1/files",
            "GET /api/v1/files",
            "GET /api/v1/files/{id}",
            "PATCH /api/v1/files/{id}",
            "DELETE /api/v1/files/{id}",
            "GET /links/{token}",
            "HEAD /links/{token}",
            "POST /links/{token}",
            "GET /links/{token}/{name}",
            "HEAD /links/{token}/{name}",
            "POST /links/{token}/{name}",
            "POST /api/v1/files/{id}/links",
            "DELETE /api/v1/files/{id}/links",
            "POST /api/v1/links",
            "DELETE /api/v1/links",
            "GET /api/v1/links/{linkId}",
            "DELETE /api/v1/links/{linkId}",
            "GET /openapi.yaml",
            "HEAD /openapi.yaml");
  }

  @Test
  void hasATargetForEveryReference() {
    List<String> references =
        CONTRACT.root().findValues("$ref").stream().map(JsonNode::asText).toList();
    assertThat(references)
        .hasSizeGreaterThan(100)
        .allSatisfy(
            reference ->
                assertThat(CONTRACT.root().at(reference.substring(1)).isMissingNode())
                    .as(reference)
                    .isFalse());
  }

  @Test
  void usesEveryComponent() {
    Set<String> used = new HashSet<>();
    CONTRACT.root().findValues("$ref").forEach(reference -> used.add(reference.asText()));
    Stream.of("parameters", "headers", "responses", "examples", "schemas")
        .forEach(
            kind ->
                CONTRACT
                    .root()
                    .path("components")
                    .path(kind)
                    .fieldNames()
                    .forEachRemaining(
                        name -> assertThat(used).contains("#/components/" + kind + "/" + name)));
  }

  @TestFactory
  Stream<DynamicTest> describesEveryOperation() {
    return CONTRACT.operations().stream()
        .map(
            operation ->
                DynamicTest.dynamicTest(
                    operation, () -> assertDescribed(CONTRACT.operation(operation))));
  }

  private static void assertDescribed(JsonNode operation) {
    assertThat(operation.path("summary").asText()).isNotEmpty();
    assertThat(operation.path("operationId").asText()).isNotEmpty();
    assertThat(operation.path("responses").properties())
        .isNotEmpty()
        .allSatisfy(
            response -> {
              assertThat(response.getKey()).matches("[2-5]\\d\\d");
              JsonNode described = CONTRACT.resolve(response.getValue());
              assertThat(described.path("description").asText()).isNotEmpty();
              assertThat(described.path("headers").has("X-Request-Id")).isTrue();
            });
  }

  @Test
  void namesEveryOperationOnce() {
    assertThat(CONTRACT.root().path("paths").findValues("operationId"))
        .hasSameSizeAs(CONTRACT.operations())
        .doesNotHaveDuplicates();
  }

  @TestFactory
  Stream<DynamicTest> keepsItsOwnRulesInItsExamples() {
    return CONTRACT
        .examples()
        .map(
            example ->
                DynamicTest.dynamicTest(
                    example.place(),
                    () ->
                        assertThat(CONTRACT.objections(example.schema(), example.value()))
                            .isEmpty()));
  }

  @Test
  void showsProblemsWithTheirOwnStatus() {
    assertThat(CONTRACT.examplesOf("Problem"))
        .hasSizeGreaterThan(10)
        .allSatisfy(
            problem ->
                assertThat(problem.path("type").asText()).startsWith("urn:keyveil:problem:"));
  }

  @Test
  void givesRegistrationsThatAreAccepted() {
    assertThat(CONTRACT.examplesOf("Registration"))
        .hasSizeGreaterThanOrEqualTo(3)
        .allSatisfy(example -> assertThat(problems(registrations.read(example))).isEmpty());
  }

  @Test
  void givesChangesThatAreAccepted() {
    assertThat(CONTRACT.examplesOf("FileChange"))
        .hasSizeGreaterThanOrEqualTo(5)
        .allSatisfy(example -> assertThat(problems(changes.read(example))).isEmpty());
  }

  @Test
  void describesFilesAsTheyAreShown() {
    Stream.of(
            SampleFiles.bareFile(),
            SampleFiles.revoked(SampleFiles.bareFile()),
            SampleFiles.delivered(DeliveryPolicy.REDIRECT, false, Long.MAX_VALUE),
            SampleFiles.delivered(DeliveryPolicy.AUTO, true, 1),
            SampleFiles.at(SampleFiles.location(), SampleFiles.facts()))
        .map(FileJson::write)
        .forEach(
            file -> {
              // Trees compare numbers by their Java type, so the text is read again.
              assertThat(CONTRACT.objections(CONTRACT.schema("File"), read(file.toString())))
                  .isEmpty();
              assertThat(CONTRACT.schema("File").path("properties").fieldNames())
                  .toIterable()
                  .containsAll(() -> file.fieldNames());
            });
  }

  /** One change to a good registration each; the reader and the schema agree about all of them. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"versionId\": null, \"type\": null, \"disposition\": null, \"delivery\": null}",
        "{\"harmlessName\": null, \"expiresAt\": null}",
        "{\"name\": null}",
        "{\"access\": null}",
        "{\"key\": \"\"}",
        "{\"key\": \"a\\u0000b\"}",
        "{\"key\": \"../ \\n\"}",
        "{\"key\": 7}",
        "{\"versionId\": \"\"}",
        "{\"versionId\": \"a\\u2028b\"}",
        "{\"name\": \"\"}",
        "{\"name\": \".\"}",
        "{\"name\": \"..\"}",
        "{\"name\": \"...\"}",
        "{\"name\": \"..a\"}",
        "{\"name\": \"a/b\"}",
        "{\"name\": \"a\\\\b\"}",
        "{\"name\": \"a\\nb\"}",
        "{\"name\": \"a\\u007fb\"}",
        "{\"name\": \"a\\u0085b\"}",
        "{\"name\": \"a\\u2029b\"}",
        "{\"name\": \"a\\u202eb\"}",
        "{\"name\": \"a\\u2066b\"}",
        "{\"name\": \"a\\u206ab\"}",
        "{\"name\": \"検査 🩻.pdf\"}",
        "{\"type\": \"text/plain; charset=utf-8\"}",
        "{\"type\": \"text/plain;charset=\\\"a \\\\\\\" b\\\"\"}",
        "{\"type\": \"text\"}",
        "{\"type\": \"text/plain;\"}",
        "{\"type\": \"text/pl ain\"}",
        "{\"disposition\": \"ATTACHMENT\"}",
        "{\"delivery\": \"none\"}",
        "{\"harmlessName\": \"true\"}",
        "{\"expiresAt\": \"2099-01-01T00:00:00Z\"}",
        "{\"expiresAt\": \"2099-01-01T00:00:00.123456789+05:30\"}",
        "{\"expiresAt\": \"2099-01-01T00:00Z\"}",
        "{\"expiresAt\": \"2099-01-01\"}",
        "{\"expiresAt\": \"2099-02-30T00:00:00Z\"}",
        "{\"access\": {}}",
        "{\"access\": []}",
        "{\"access\": {\"any\": []}}",
        "{\"access\": {\"all\": []}}",
        "{\"access\": {\"any\": [{\"all\": [{\"scope\": \"a\"}]}]}}",
        "{\"access\": {\"any\": [{\"subject\": \"a\"}], \"scope\": \"b\"}}",
        "{\"access\": {\"subject\": \"\"}}",
        "{\"access\": {\"subject\": \"a\\u0080\"}}",
        "{\"access\": {\"subject\": \"a\", \"issuer\": null}}",
        "{\"access\": {\"subject\": \"a\", \"claim\": \"b\"}}",
        "{\"access\": {\"claim\": \"a\"}}",
        "{\"access\": {\"claim\": \"a\", \"is\": \"b\"}}",
        "{\"access\": {\"anyone\": \"authenticated\"}}",
        "{\"access\": {\"anyone\": true}}",
        "{\"id\": \"x\"}",
        "{\"opaque\": true}"
      })
  void agreesWithTheReaderAboutRegistrations(String change) {
    JsonNode json = good().setAll((ObjectNode) read(change));
    assertThat(problems(registrations.read(json)).isEmpty())
        .as(change)
        .isEqualTo(CONTRACT.objections(CONTRACT.schema("Registration"), json).isEmpty());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 254, 255, 256, 257, 1024, 1025})
  void agreesWithTheReaderAboutLengths(int length) {
    String text = "a".repeat(length);
    for (String field : List.of("name", "key", "versionId")) {
      assertAgreed(good().put(field, text));
    }
    assertAgreed(good().set("access", JSON.createObjectNode().put("subject", text)));
    assertAgreed(good().put("type", "a/" + text.substring(0, Math.min(length, 126))));
    assertAgreed(good().put("name", "🩻".repeat(length)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"state\": \"revoked\"}",
        "{\"state\": \"active\"}",
        "{\"state\": null}",
        "{\"name\": null}",
        "{\"expiresAt\": null}",
        "{\"access\": {\"any\": []}}",
        "{\"bucket\": \"clinic-files\"}",
        "{\"size\": 1}"
      })
  void agreesWithTheReaderAboutChanges(String change) {
    assertThat(problems(changes.read(read(change))).isEmpty())
        .as(change)
        .isEqualTo(CONTRACT.objections(CONTRACT.schema("FileChange"), read(change)).isEmpty());
  }

  private void assertAgreed(JsonNode json) {
    List<String> objections = CONTRACT.objections(CONTRACT.schema("Registration"), json);
    List<FieldProblem> problems = problems(registrations.read(json));
    assertThat(problems.isEmpty())
        .as("%s %s", problems, objections)
        .isEqualTo(objections.isEmpty());
  }

  private static ObjectNode good() {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("bucket", "clinic-files")
            .put("key", "a/b.pdf")
            .put("name", "b.pdf");
    json.putObject("access").put("subject", "alice");
    return json;
  }

  private static JsonNode read(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private static <T> List<FieldProblem> problems(Reading<T> reading) {
    return reading.match(wish -> List.of(), problems -> problems);
  }
}
