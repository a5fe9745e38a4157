package io.keyveil.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.keyveil.access.AccessRule;
import io.keyveil.access.AccessRules;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * Reads the fields of one JSON object strictly and collects every problem, so that whoever sent it
 * learns of all of them in one go.
 *
 * <p>A field that is absent, null or wrong reads as empty; the problems say which it was. No
 * problem repeats a value, since the fields include bucket and key.
 */
public final class FieldReader {
  private static final int KEY_BYTES = 1024;
  private static final int NAME_CHARACTERS = 255;
  private static final int TYPE_CHARACTERS = 127;

  /** The name of a field that can be repeated in a message without harm. */
  private static final Pattern FIELD = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,39}");

  /** RFC 9110 section 8.3.1; the cap on the length keeps the repetition shallow. */
  private static final Pattern MEDIA_TYPE = mediaType();

  /** RFC 3339 section 5.6, which asks for seconds and an offset where ISO 8601 does not. */
  private static final Pattern TIMESTAMP =
      Pattern.compile(
          "\\d{4}-\\d\\d-\\d\\d[Tt]\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?([Zz]|[+-]\\d\\d:\\d\\d)");

  /** Marks that turn the reading direction and make {@code fdp.exe} look like {@code exe.pdf}. */
  private static final Pattern DIRECTION = Pattern.compile("[\\u202a-\\u202e\\u2066-\\u2069]");

  private final JsonNode json;
  private final List<FieldProblem> problems = new ArrayList<>();

  private FieldReader(JsonNode json) {
    this.json = json;
  }

  /** Opens an object of which these are the fields. */
  public static FieldReader of(JsonNode json, Set<String> known) {
    if (!json.isObject()) {
      FieldReader nothing = new FieldReader(JsonNodeFactory.instance.objectNode());
      nothing.problem("body", kind(json), "a JSON object");
      return nothing;
    }
    FieldReader reader = new FieldReader(json);
    json.fieldNames().forEachRemaining(field -> reader.expectKnown(field, known));
    return reader;
  }

  /** The value made from the fields, unless there were problems. */
  public <T> Reading<T> finish(Supplier<T> wish) {
    return problems.isEmpty() ? new Reading.Valid<>(wish.get()) : new Reading.Invalid<>(problems);
  }

  boolean isNull(String field) {
    return json.path(field).isNull();
  }

  /** Notes a problem for each of these fields that is null: they can be changed, not removed. */
  void refuseNull(Collection<String> fields) {
    fields.stream().filter(this::isNull).forEach(field -> problem(field, "null", "a value"));
  }

  /** Notes a problem if a field has no value. */
  public void require(String field, String expected) {
    if (value(field).isEmpty()) {
      problem(field, "missing", expected);
    }
  }

  Optional<String> bucket(String field, Set<String> allowed) {
    return text(field)
        .filter(text -> check(field, allowed.contains(text), "not on the list", "s3.buckets"));
  }

  /** S3 takes nearly anything as a key: spaces, per cent signs, {@code ..}, line ends. */
  Optional<String> key(String field) {
    String expected = "1 to " + KEY_BYTES + " bytes of UTF-8 without NUL";
    return text(field)
        .filter(text -> unicode(field, text, expected))
        .filter(text -> check(field, text.indexOf('\0') < 0, "a NUL character", expected))
        .filter(
            text -> {
              int bytes = text.getBytes(StandardCharsets.UTF_8).length;
              return check(field, bytes > 0 && bytes <= KEY_BYTES, bytes + " bytes", expected);
            });
  }

  /** A file name that is harmless to save, whatever the system it is saved on. */
  Optional<String> name(String field) {
    String expected = "a file name of 1 to " + NAME_CHARACTERS + " characters";
    return text(field)
        .filter(text -> unicode(field, text, expected))
        .filter(
            text -> {
              int count = text.codePointCount(0, text.length());
              boolean fits = count > 0 && count <= NAME_CHARACTERS;
              return check(field, fits, count + " characters", "1 to " + NAME_CHARACTERS);
            })
        .filter(text -> lacks(field, text, FieldReader::hasControl, "a control character"))
        .filter(text -> lacks(field, text, FieldReader::hasSeparator, "a path separator"))
        .filter(text -> lacks(field, text, DIRECTION.asPredicate(), "a direction override"))
        .filter(text -> lacks(field, text, Set.of(".", "..")::contains, "a folder"));
  }

  Optional<String> mediaType(String field) {
    return text(field)
        .filter(
            text ->
                check(
                    field,
                    text.length() <= TYPE_CHARACTERS,
                    text.length() + " characters",
                    "at most " + TYPE_CHARACTERS))
        .filter(
            text ->
                check(
                    field,
                    MEDIA_TYPE.matcher(text).matches(),
                    "not a media type",
                    "one such as application/pdf"));
  }

  /** One of a few words. */
  <T> Optional<T> word(String field, List<T> values, Function<T, String> word) {
    Map<String, T> byWord = values.stream().collect(Collectors.toMap(word, Function.identity()));
    String expected = String.join(" or ", values.stream().map(word).toList());
    return text(field)
        .filter(text -> check(field, byWord.containsKey(text), "an unknown word", expected))
        .map(byWord::get);
  }

  /** A whole number within these ends. */
  public OptionalInt number(String field, int least, int most) {
    Optional<JsonNode> node =
        value(field)
            .filter(
                found ->
                    check(
                        field,
                        found.isIntegralNumber()
                            && found.canConvertToInt()
                            && found.intValue() >= least
                            && found.intValue() <= most,
                        found.isIntegralNumber() ? "out of bounds" : kind(found),
                        "a whole number from " + least + " to " + most));
    return node.map(found -> OptionalInt.of(found.intValue())).orElse(OptionalInt.empty());
  }

  /** A short text for people, in which nothing moves the cursor. */
  public Optional<String> plain(String field, int longest) {
    String expected = "up to " + longest + " characters, none of them a control";
    return text(field)
        .filter(text -> unicode(field, text, expected))
        .filter(text -> check(field, text.length() <= longest, "too long", expected))
        .filter(text -> lacks(field, text, FieldReader::hasControl, "a control character"))
        .filter(text -> lacks(field, text, DIRECTION.asPredicate(), "a direction override"));
  }

  /** The elements of an array of 1 to so many; none if it is no such array. */
  public List<JsonNode> list(String field, int most) {
    String expected = "an array of 1 to " + most;
    return value(field)
        .filter(node -> check(field, node.isArray(), kind(node), expected))
        .filter(
            node ->
                check(
                    field,
                    !node.isEmpty() && node.size() <= most,
                    node.size() + " elements",
                    expected))
        .map(node -> StreamSupport.stream(node.spliterator(), false).toList())
        .orElse(List.of());
  }

  /** The members of an object of up to so many, in their order. */
  public Map<String, JsonNode> members(String field, int most) {
    String expected = "an object of up to " + most + " members";
    Map<String, JsonNode> members = new LinkedHashMap<>();
    value(field)
        .filter(node -> check(field, node.isObject(), kind(node), expected))
        .filter(node -> check(field, node.size() <= most, node.size() + " members", expected))
        .ifPresent(
            node -> node.properties().forEach(one -> members.put(one.getKey(), one.getValue())));
    return members;
  }

  /** Notes a problem if a field is there. */
  public void refuse(String field, String found, String expected) {
    boolean unused = check(field, value(field).isEmpty(), found, expected);
  }

  /** Adds a problem that was found elsewhere. */
  public void add(FieldProblem problem) {
    problems.add(problem);
  }

  public Optional<Boolean> flag(String field) {
    return value(field)
        .filter(node -> check(field, node.isBoolean(), kind(node), "true or false"))
        .map(JsonNode::booleanValue);
  }

  Optional<AccessRule> access(String field) {
    return value(field).flatMap(node -> rule(field, node));
  }

  /** A time to come, cut to the millisecond that the store keeps. */
  Optional<Instant> future(String field, InstantSource clock) {
    return text(field)
        .flatMap(text -> timestamp(field, text))
        .filter(time -> check(field, time.isAfter(clock.instant()), "a past time", "one to come"));
  }

  /** A version's name, which is S3's own and therefore short and plain. */
  Optional<String> version(String field) {
    String expected = "1 to 1024 characters without controls";
    return text(field)
        .filter(text -> unicode(field, text, expected))
        .filter(text -> lacks(field, text, FieldReader::hasControl, "a control character"))
        .filter(
            text ->
                check(
                    field,
                    !text.isEmpty() && text.length() <= 1024,
                    text.length() + " characters",
                    expected));
  }

  private Optional<AccessRule> rule(String field, JsonNode node) {
    try {
      return Optional.of(AccessRules.parse(node));
    } catch (IllegalArgumentException e) {
      problems.add(FieldProblem.ofLine(field, String.valueOf(e.getMessage()), "a rule"));
      return Optional.empty();
    }
  }

  private Optional<Instant> timestamp(String field, String text) {
    String expected = "RFC 3339, such as 2030-01-31T12:00:00Z";
    if (!TIMESTAMP.matcher(text).matches()) {
      problem(field, "not a timestamp", expected);
      return Optional.empty();
    }
    try {
      return Optional.of(OffsetDateTime.parse(text).toInstant().truncatedTo(ChronoUnit.MILLIS));
    } catch (DateTimeException e) {
      problem(field, "no such time", expected);
      return Optional.empty();
    }
  }

  /** Any text. */
  public Optional<String> text(String field) {
    return value(field)
        .filter(node -> check(field, node.isTextual(), kind(node), "a string"))
        .map(JsonNode::textValue);
  }

  private Optional<JsonNode> value(String field) {
    return Optional.ofNullable(json.get(field)).filter(node -> !node.isNull());
  }

  private void expectKnown(String field, Set<String> known) {
    if (!known.contains(field)) {
      problem(
          FIELD.matcher(field).matches() ? field : "a field",
          "not a field that can be given",
          String.join(", ", known.stream().sorted().toList()));
    }
  }

  private boolean unicode(String field, String text, String expected) {
    boolean valid = StandardCharsets.UTF_8.newEncoder().canEncode(text);
    return check(field, valid, "half of a surrogate pair", expected);
  }

  private boolean lacks(String field, String text, Predicate<String> fault, String found) {
    return check(field, !fault.test(text), found, "text without one");
  }

  private boolean check(String field, boolean good, String found, String expected) {
    if (!good) {
      problem(field, found, expected);
    }
    return good;
  }

  /** Notes a problem. */
  public void problem(String field, String found, String expected) {
    problems.add(new FieldProblem(field, found, expected));
  }

  private static boolean hasControl(String text) {
    return text.codePoints().anyMatch(Character::isISOControl)
        || text.indexOf('\u2028') >= 0
        || text.indexOf('\u2029') >= 0;
  }

  private static boolean hasSeparator(String text) {
    return text.indexOf('/') >= 0 || text.indexOf('\\') >= 0;
  }

  private static String kind(JsonNode node) {
    return switch (node.getNodeType()) {
      case NULL -> "null";
      case ARRAY -> "an array";
      case OBJECT, POJO -> "an object";
      case STRING, BINARY -> "a string";
      case NUMBER -> "a number";
      case BOOLEAN -> "a boolean";
      case MISSING -> "nothing";
    };
  }

  private static Pattern mediaType() {
    String token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    String quoted = "\"(?:[\\t \\x21\\x23-\\x5b\\x5d-\\x7e]|\\\\[\\t \\x21-\\x7e])*\"";
    String parameter = "[ \\t]*;[ \\t]*" + token + "=(?:" + token + "|" + quoted + ")";
    return Pattern.compile(token + "/" + token + "(?:" + parameter + ")*");
  }
}
