package io.keyveil.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.keyveil.file.FileId;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A JSON or YAML document in which texts of the form {@code keyveil:FILE-ID} stand for files.
 *
 * <p>The texts are replaced where they stand, so that layout and comments stay as they are; where
 * that would not give the same document, as with texts that are written by escapes, it is written
 * anew from what it says.
 */
final class LinkDocument {
  private static final Pattern PLACE =
      Pattern.compile("(?<![A-Za-z0-9_-])keyveil:([A-Za-z0-9_-]{22})(?![A-Za-z0-9_-])");

  private final ObjectMapper format;
  private final String text;
  private final JsonNode tree;

  private LinkDocument(ObjectMapper format, String text, JsonNode tree) {
    this.format = format;
    this.text = text;
    this.tree = tree;
  }

  /** Reads a document, as JSON if it is that, and otherwise as YAML; empty if it is neither. */
  static Optional<LinkDocument> parse(String text) {
    return parse(new JsonMapper(), text).or(() -> parse(new YAMLMapper(), text));
  }

  private static Optional<LinkDocument> parse(ObjectMapper format, String text) {
    return Optional.ofNullable(tree(format, text))
        .filter(JsonNode::isContainerNode)
        .map(tree -> new LinkDocument(format, text, tree));
  }

  private static @Nullable JsonNode tree(ObjectMapper format, String text) {
    try {
      return format.reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).readTree(text);
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  /** The files that it speaks of, each once. */
  Set<FileId> files() {
    Set<FileId> found = new LinkedHashSet<>();
    collect(tree, found);
    return found;
  }

  /**
   * The document with an address in the place of each file.
   *
   * @param urls the address of each
   */
  String render(Map<FileId, String> urls) {
    JsonNode wanted = replaced(tree, urls);
    String edited =
        PLACE
            .matcher(text)
            .replaceAll(
                place ->
                    Matcher.quoteReplacement(
                        FileId.parse(place.group(1)).map(urls::get).orElse(place.group())));
    if (wanted.equals(tree(format, edited))) {
      return edited;
    }
    try {
      return format.writerWithDefaultPrettyPrinter().writeValueAsString(wanted);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can always be written", e);
    }
  }

  private static void collect(JsonNode node, Set<FileId> found) {
    if (node.isTextual()) {
      file(node.textValue()).ifPresent(found::add);
    }
    node.forEach(child -> collect(child, found));
  }

  private static JsonNode replaced(JsonNode node, Map<FileId, String> urls) {
    if (node instanceof ObjectNode object) {
      ObjectNode copy = object.objectNode();
      object.properties().forEach(one -> copy.set(one.getKey(), replaced(one.getValue(), urls)));
      return copy;
    }
    if (node instanceof ArrayNode array) {
      ArrayNode copy = array.arrayNode();
      array.forEach(one -> copy.add(replaced(one, urls)));
      return copy;
    }
    return Optional.ofNullable(node.textValue())
        .flatMap(LinkDocument::file)
        .<JsonNode>map(file -> TextNode.valueOf(urls.get(file)))
        .orElse(node);
  }

  private static Optional<FileId> file(String text) {
    Matcher place = PLACE.matcher(text);
    return place.matches() ? FileId.parse(place.group(1)) : Optional.empty();
  }
}
