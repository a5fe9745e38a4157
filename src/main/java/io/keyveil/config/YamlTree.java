package io.keyveil.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * Reads YAML into a tree whose scalars all are the text as written: a bucket called {@code 0012} or
 * {@code 1e3} stays what it is, and each setting decides by itself what is a number.
 */
final class YamlTree {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private static final YAMLFactory FACTORY =
      YAMLFactory.builder()
          // On by default, but not where a builder is used.
          .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(20).build())
          .build();

  private final YAMLParser parser;
  private final String source;
  private final Problems problems;

  private YamlTree(YAMLParser parser, String source, Problems problems) {
    this.parser = parser;
    this.source = source;
    this.problems = problems;
  }

  /**
   * The settings in a text; empty, with a problem noted, if it cannot be read.
   *
   * @param source what problems call the text, such as its file
   */
  static ObjectNode parse(String text, String source, Problems problems) {
    try (YAMLParser parser = FACTORY.createParser(text)) {
      return new YamlTree(parser, source, problems).document();
    } catch (JsonProcessingException e) {
      // Neither the parser's message nor its excerpt: both repeat what may be a secret.
      problems.note(source + where(e), "no YAML that can be read");
      return NODES.objectNode();
    } catch (IOException e) {
      throw new AssertionError("a text was read", e);
    }
  }

  private static String where(JsonProcessingException e) {
    if (e.getCause() instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
      return position(
          marked.getProblemMark().getLine() + 1, marked.getProblemMark().getColumn() + 1);
    }
    return e.getLocation() == null
        ? ""
        : position(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
  }

  private static String position(int line, int column) {
    return ":" + line + ":" + column;
  }

  private ObjectNode document() throws IOException {
    JsonToken first = parser.nextToken();
    if (first == null || first == JsonToken.VALUE_NULL) {
      return NODES.objectNode();
    }
    JsonNode root = value("");
    if (parser.nextToken() != null) {
      problems.note(source, "a second document (expected: one)");
    }
    if (root instanceof ObjectNode settings) {
      return settings;
    }
    problems.note(source, "no settings (expected: sections such as listen: and s3:)");
    return NODES.objectNode();
  }

  private JsonNode value(String path) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(path);
      case START_ARRAY -> array(path);
      case VALUE_NULL -> NODES.nullNode();
      default -> scalar(path);
    };
  }

  private ObjectNode object(String path) throws IOException {
    ObjectNode object = NODES.objectNode();
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      String inner = path.isEmpty() ? name : path + "." + name;
      boolean again = object.has(name);
      parser.nextToken();
      JsonNode value = value(inner);
      if (again) {
        problems.note(inner, "given twice (expected: once)");
      } else {
        object.set(name, value);
      }
    }
    return object;
  }

  private ArrayNode array(String path) throws IOException {
    ArrayNode array = NODES.arrayNode();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      array.add(value(path + "." + array.size()));
    }
    return array;
  }

  private JsonNode scalar(String path) throws IOException {
    if (parser.isCurrentAlias()) {
      // The parser gives an alias as the anchor's name, which must not pass for a value.
      problems.note(path, "an alias (expected: the value itself)");
      return NODES.nullNode();
    }
    return NODES.textNode(parser.getText());
  }
}
