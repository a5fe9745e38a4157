package io.keyveil.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.delivery.DataSize;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/**
 * A part of the settings under one path: the environment's word first, then the file's, then the
 * default.
 *
 * <p>Nothing here stops at the first bad value. What cannot be read is noted and the default taken
 * in its place; what a settings record refuses is noted in the record's own words, set aside, and
 * the record is built again, until it stands or refuses what was not given. Every name that is
 * asked for is a setting; what the file has beside them is noted as unknown.
 */
final class Section {
  private static final String A_SECTION = "settings by name";

  private static final JsonNode NOTHING = JsonNodeFactory.instance.missingNode();

  /** Components whose name in the settings differs. */
  private static final Map<String, String> RENAMED = Map.of("delivery.policy", "default");

  private final String path;
  private final ObjectNode written;
  private final Environment environment;
  private final Problems problems;
  private final Set<String> known = new LinkedHashSet<>();
  private final Set<String> setAside = new HashSet<>();

  private Section(String path, ObjectNode written, Environment environment, Problems problems) {
    this.path = path;
    this.written = written;
    this.environment = environment;
    this.problems = problems;
  }

  static Section root(ObjectNode written, Environment environment, Problems problems) {
    return new Section("", written, environment, problems);
  }

  /** The record made of this section; empty, with problems noted, if a part of it is bad. */
  <R> Optional<R> build(Function<Section, R> make) {
    int before = problems.count();
    Optional<R> made = attempt(make);
    refuseUnknown();
    return problems.count() == before ? made : Optional.empty();
  }

  private <R> Optional<R> attempt(Function<Section, R> make) {
    while (true) {
      try {
        return Optional.of(make.apply(this));
      } catch (IllegalArgumentException e) {
        if (!setAside(String.valueOf(e.getMessage()))) {
          return Optional.empty();
        }
      }
    }
  }

  /** Notes what a record said; whether there is a value to set aside before it is asked again. */
  private boolean setAside(String message) {
    int colon = Math.max(message.indexOf(": "), 0);
    String field = message.substring(0, colon);
    String name = RENAMED.getOrDefault(path(field), field);
    if (!known.contains(name)) {
      problems.note(path, DurationText.rewrite(message));
      return false;
    }
    problems.note(path(name), DurationText.rewrite(message.substring(colon + 2)));
    return setAside.add(name);
  }

  private void refuseUnknown() {
    written
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!known.contains(name)) {
                problems.note(path(name), "unknown setting (" + advice(name) + ")");
              }
            });
  }

  private String advice(String name) {
    return Spelling.nearest(name, known)
        .map(meant -> "did you mean " + meant + "?")
        .orElseGet(() -> "expected: " + String.join(", ", known));
  }

  // Sections

  Section section(String name) {
    known.add(name);
    return inner(path(name), written.path(name));
  }

  /** A section that the word {@code off} can stand for; empty if it does. */
  Optional<Section> sectionUnlessOff(String name) {
    known.add(name);
    JsonNode node = written.path(name);
    Optional<String> switched = environment.text(path(name));
    boolean below = environment.below(path(name));
    if (switched.isPresent() && below) {
      problems.note(path(name), "given with settings below it (expected: one or the other)");
    }
    Optional<String> word = switched.or(() -> below ? Optional.empty() : scalar(node));
    if (word.isPresent() && !isOff(word.get())) {
      problems.note(path(name), word.get(), "off, or " + A_SECTION);
    }
    return word.isPresent()
        ? Optional.empty()
        : Optional.of(inner(path(name), node.isTextual() ? NOTHING : node));
  }

  /** YAML 1.1 takes the word for a boolean, and so do the tools that write it. */
  private static boolean isOff(String word) {
    return word.equalsIgnoreCase("off") || word.equalsIgnoreCase("false");
  }

  /** A list of sections; the environment may change them by number and add to the end. */
  List<Section> sections(String name) {
    known.add(name);
    JsonNode node = written.path(name);
    if (!(node.isArray() || isAbsent(node))) {
      problems.note(path(name), shape(node), "a list of sections");
    }
    return IntStream.range(0, count(path(name), node.isArray() ? node.size() : 0))
        .mapToObj(number -> inner(path(name) + "." + number, node.path(number)))
        .toList();
  }

  private int count(String list, int written) {
    int count = written;
    for (int number : environment.numbers(list)) {
      if (number > count) {
        problems.note(
            list + "." + number, "a number left out before it (expected: " + count + " next)");
        return count;
      }
      count = Math.max(count, number + 1);
    }
    return count;
  }

  private Section inner(String path, JsonNode node) {
    if (node instanceof ObjectNode settings) {
      return new Section(path, settings, environment, problems);
    }
    if (!isAbsent(node)) {
      problems.note(path, shape(node), A_SECTION);
    }
    return new Section(path, JsonNodeFactory.instance.objectNode(), environment, problems);
  }

  // Single values

  String text(String name, String fallback) {
    return read(name, fallback, "a text", Optional::of);
  }

  /** A text that has to be given; where it is not, a stand-in lets the rest be checked. */
  String required(String name, String standIn) {
    String text = text(name, "");
    if (text.isEmpty() && !setAside.contains(name)) {
      problems.note(path(name), "missing (expected: a text)");
    }
    return text.isEmpty() ? standIn : text;
  }

  Optional<String> optionalText(String name) {
    return optional(name, "a text", Optional::of);
  }

  int number(String name, int fallback) {
    return read(name, fallback, "a whole number", Forms::number);
  }

  boolean flag(String name, boolean fallback) {
    return read(name, fallback, "true or false", Forms::flag);
  }

  Duration duration(String name, Duration fallback) {
    return read(name, fallback, "such as 500ms, 30s, 5m, 24h or 1d", DurationText::parse);
  }

  Optional<Duration> optionalDuration(String name) {
    return optional(name, "such as 500ms, 30s, 5m, 24h or 1d", DurationText::parse);
  }

  DataSize size(String name, DataSize fallback) {
    return read(name, fallback, "bytes, or such as 64KiB, 16MiB or 1GiB", DataSize::parse);
  }

  Path file(String name, Path fallback) {
    return read(name, fallback, "a path", Forms::path);
  }

  ZoneId zone(String name, ZoneId fallback) {
    return read(name, fallback, "UTC, or a zone such as Europe/Berlin", Forms::zone);
  }

  URI uri(String name, URI fallback) {
    return read(name, fallback, "a URL", Forms::uri);
  }

  Optional<Path> optionalFile(String name) {
    return optional(name, "a path, or nothing", Forms::path);
  }

  Optional<URI> optionalUri(String name) {
    return optional(name, "a URL, or nothing", Forms::uri);
  }

  /** A value with a form of its own. */
  <T> T value(String name, T fallback, String expected, Function<String, Optional<T>> parse) {
    return read(name, fallback, expected, parse);
  }

  /** One of a few values, each by its word. */
  <T> T word(String name, T fallback, T[] values, Function<T, String> word) {
    String words = Arrays.stream(values).map(word).collect(Collectors.joining(", "));
    return read(name, fallback, words, text -> Forms.word(text, values, word));
  }

  /** An empty text is the same as none. */
  private <T> Optional<T> optional(
      String name, String expected, Function<String, Optional<T>> parse) {
    return found(name, expected)
        .filter(text -> !text.isEmpty())
        .flatMap(text -> parsed(name, text, expected, parse));
  }

  private <T> T read(
      String name, T fallback, String expected, Function<String, Optional<T>> parse) {
    return found(name, expected)
        .map(text -> parsed(name, text, expected, parse).orElse(fallback))
        .orElse(fallback);
  }

  private <T> Optional<T> parsed(
      String name, String text, String expected, Function<String, Optional<T>> parse) {
    Optional<T> value = parse.apply(text);
    if (value.isEmpty()) {
      problems.note(path(name), text, expected);
    }
    return value;
  }

  private Optional<String> found(String name, String expected) {
    known.add(name);
    Optional<String> variable = environment.text(path(name));
    if (setAside.contains(name)) {
      return Optional.empty();
    }
    JsonNode node = written.path(name);
    if (variable.isEmpty() && !node.isTextual() && !isAbsent(node)) {
      problems.note(path(name), shape(node), expected);
    }
    return variable.or(() -> scalar(node));
  }

  // Lists

  List<String> texts(String name, List<String> fallback) {
    return list(name, fallback, "a list such as [a, b]", Optional::of);
  }

  /** A list that may also be written as its one element. */
  List<String> oneOrMore(String name) {
    return written.path(name).isTextual() && environment.text(path(name)).isEmpty()
        ? optionalText(name).map(List::of).orElse(List.of())
        : texts(name, List.of());
  }

  /** A list of values, each with a form of its own. */
  <T> List<T> list(
      String name, List<T> fallback, String expected, Function<String, Optional<T>> parse) {
    return elements(name, expected)
        .map(
            texts ->
                texts.stream()
                    .flatMap(text -> parsed(name, text, expected, parse).stream())
                    .toList())
        .orElse(fallback);
  }

  private Optional<List<String>> elements(String name, String expected) {
    known.add(name);
    Optional<String> variable = environment.text(path(name));
    if (setAside.contains(name)) {
      return Optional.empty();
    }
    JsonNode node = variable.map(text -> split(name, text)).orElse(written.path(name));
    if (node instanceof ArrayNode array && allScalar(array)) {
      return Optional.of(texts(array));
    }
    if (!isAbsent(node)) {
      problems.note(path(name), shape(node), expected);
    }
    return Optional.empty();
  }

  /** A variable's list: {@code a, b}, or as in YAML {@code [a, b]}. */
  private JsonNode split(String name, String text) {
    if (text.strip().startsWith("[")) {
      return YamlTree.parse("list: " + text, path(name), problems).path("list");
    }
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    Arrays.stream(text.split(",", -1))
        .map(String::strip)
        .filter(part -> !text.isBlank())
        .forEach(array::add);
    return array;
  }

  private static boolean allScalar(ArrayNode array) {
    return StreamSupport.stream(array.spliterator(), false).allMatch(JsonNode::isTextual);
  }

  private static List<String> texts(ArrayNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(element -> texts.add(element.textValue()));
    return texts;
  }

  // Secrets

  /** A secret, which is never written out in the file. */
  Optional<String> secret(String name) {
    known.add(name);
    return new SecretReference(path(name), environment, problems).resolve(written.path(name));
  }

  /** The same as something that reads it again; a file that cannot be read then is as it was. */
  Optional<Supplier<String>> secretSource(String name) {
    known.add(name);
    return new SecretReference(path(name), environment, problems).source(written.path(name));
  }

  /** Whether anything is said of this setting, good or bad. */
  boolean mentions(String name) {
    return written.has(name)
        || environment.below(path(name))
        || environment.text(path(name)).isPresent();
  }

  /** Notes that a secret is not given, unless it is known to be bad. */
  void missing(String name) {
    if (!problems.about(path(name))) {
      problems.note(path(name), "missing (expected: " + SecretReference.EXPECTED + ")");
    }
  }

  // Nodes

  private static Optional<String> scalar(JsonNode node) {
    return Optional.ofNullable(node.textValue());
  }

  private static boolean isAbsent(JsonNode node) {
    return node.isMissingNode() || node.isNull();
  }

  /** What is there in place of what was expected, without its content. */
  private static String shape(JsonNode node) {
    if (node.isArray()) {
      return "a list";
    }
    return node.isObject() ? "a section" : "a single value";
  }

  private String path(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
