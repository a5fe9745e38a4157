package io.keyveil.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonMetaSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.NonValidationKeyword;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The contract as tests see it: its operations, its examples, and what its schemas say. */
public final class OpenApiDocument {
  private static final Set<String> METHODS =
      Set.of("get", "head", "post", "put", "patch", "delete", "options", "trace");

  /** Knows that the components, which the references need, say nothing about a value. */
  private static final JsonSchemaFactory SCHEMAS =
      JsonSchemaFactory.getInstance(
          VersionFlag.V202012,
          factory ->
              factory.metaSchema(
                  JsonMetaSchema.builder(JsonMetaSchema.getV202012())
                      .keyword(new NonValidationKeyword("components"))
                      .build()));

  private final JsonNode root;

  private OpenApiDocument(JsonNode root) {
    this.root = root;
  }

  /** The contract that the gateway serves. */
  public static OpenApiDocument load() {
    try (InputStream yaml = OpenApiDocument.class.getResourceAsStream("/openapi.yaml")) {
      return new OpenApiDocument(new YAMLMapper().readTree(Objects.requireNonNull(yaml)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every documented request as {@code METHOD /path/{param}}. */
  public Set<String> operations() {
    Set<String> operations = new TreeSet<>();
    root.path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .fieldNames()
                    .forEachRemaining(
                        name -> {
                          if (METHODS.contains(name)) {
                            operations.add(name.toUpperCase(Locale.ROOT) + " " + path.getKey());
                          }
                        }));
    return operations;
  }

  /**
   * The header fields of one answer of an operation, in lower case, without that of the content.
   */
  public Set<String> headers(String operation, int status) {
    Set<String> names = new TreeSet<>();
    resolve(operation(operation).path("responses").path(Integer.toString(status)))
        .path("headers")
        .fieldNames()
        .forEachRemaining(name -> names.add(name.toLowerCase(Locale.ROOT)));
    return names;
  }

  JsonNode root() {
    return root;
  }

  JsonNode operation(String operation) {
    String[] parts = operation.split(" ", 2);
    return root.path("paths").path(parts[1]).path(parts[0].toLowerCase(Locale.ROOT));
  }

  JsonNode schema(String name) {
    return root.path("components").path("schemas").path(name);
  }

  /** What a reference within the document points at; the node itself if it is none. */
  JsonNode resolve(JsonNode node) {
    JsonNode reference = node.path("$ref");
    return reference.isTextual() ? root.at(reference.textValue().substring(1)) : node;
  }

  /** What a schema of the document has against a value, one line each. */
  List<String> objections(JsonNode schema, JsonNode value) {
    ObjectNode whole = JsonNodeFactory.instance.objectNode();
    whole.putArray("allOf").add(schema);
    whole.set("components", root.path("components"));
    SchemaValidatorsConfig config =
        SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
    return SCHEMAS.getSchema(whole, config).validate(value).stream()
        .map(ValidationMessage::getMessage)
        .toList();
  }

  /** Every example that stands beside a schema, wherever in the document. */
  Stream<Example> examples() {
    List<Example> examples = new ArrayList<>();
    collect(root, "", examples);
    return examples.stream();
  }

  /** The values of the examples of one schema. */
  List<JsonNode> examplesOf(String schema) {
    return examples()
        .filter(
            example ->
                example.schema().path("$ref").asText().equals("#/components/schemas/" + schema))
        .map(Example::value)
        .toList();
  }

  private void collect(JsonNode node, String place, List<Example> examples) {
    if (node.path("schema").isObject()) {
      beside(node, place, examples);
    }
    node.properties()
        .forEach(field -> collect(field.getValue(), place + "/" + field.getKey(), examples));
  }

  private void beside(JsonNode node, String place, List<Example> examples) {
    JsonNode schema = node.path("schema");
    if (node.has("example")) {
      examples.add(new Example(place, schema, node.path("example")));
    }
    node.path("examples")
        .properties()
        .forEach(
            named ->
                examples.add(
                    new Example(
                        place + "/" + named.getKey(),
                        schema,
                        resolve(named.getValue()).path("value"))));
  }

  /** An example and the schema it stands beside. */
  record Example(String place, JsonNode schema, JsonNode value) {}
}
