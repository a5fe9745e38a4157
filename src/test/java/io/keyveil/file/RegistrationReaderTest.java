package io.keyveil.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.access.AccessRule;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a registration in JSON may say, and what is said about one that is wrong. */
final class RegistrationReaderTest {
  private static final JsonMapper JSON = new JsonMapper();

  private final RegistrationReader reader =
      new RegistrationReader(
          Set.of(SampleFiles.BUCKET), DeliveryPolicy.AUTO, InstantSource.fixed(SampleFiles.NOW));

  @Test
  void readsEveryField() throws JsonProcessingException {
    ObjectNode json =
        least()
            .put("versionId", "v7")
            .put("type", "text/plain; charset=\"utf-8\"")
            .put("disposition", "inline")
            .put("delivery", "redirect")
            .put("harmlessName", true)
            .put("expiresAt", "2026-03-01T12:00:00.0019+01:00");
    assertThat(valid(json))
        .isEqualTo(
            new Registration(
                new ObjectKey(SampleFiles.BUCKET, SampleFiles.KEY, Optional.of("v7")),
                "MRI.pdf",
                "text/plain; charset=\"utf-8\"",
                Disposition.INLINE,
                DeliveryPolicy.REDIRECT,
                true,
                new AccessRule.AnyoneAuthenticated(),
                Optional.of(Instant.parse("2026-03-01T11:00:00.001Z"))));
  }

  @Test
  void readsTheExampleOfTheManual() throws JsonProcessingException {
    JsonNode json =
        JSON.readTree(
            """
            {"bucket": "canary-bucket", "key": "patients/Jane Doe/2026-03 MRI.pdf",
             "versionId": null, "name": "MRI March.pdf", "type": "application/pdf",
             "disposition": "attachment", "delivery": "auto", "expiresAt": null,
             "access": {"any": [{"subject": "alice"}, {"claim": "patient", "is": "p-17"},
                                {"scope": "files:all"}]}}
            """);
    assertThat(valid(json).name()).isEqualTo("MRI March.pdf");
  }

  @Test
  void fillsInWhatIsLeftOut() {
    Registration read = valid(least());
    assertThat(read.type()).isEqualTo("application/octet-stream");
    assertThat(read.disposition()).isEqualTo(Disposition.ATTACHMENT);
    assertThat(read.delivery()).isEqualTo(DeliveryPolicy.AUTO);
    assertThat(read.harmlessName()).isFalse();
    assertThat(read.expiresAt()).isEmpty();
    assertThat(read.location().version()).isEmpty();
  }

  @Test
  void readsAnUploadWithoutALocation() {
    ObjectNode json = least();
    json.remove(List.of("bucket", "key"));
    ObjectKey made = new ObjectKey("dl", "k", Optional.empty());
    assertThat(
            reader
                .readUpload(json, made)
                .<Object>match(Registration::location, problems -> problems))
        .isEqualTo(made);
    assertThat(lines(reader.readUpload(least(), made)))
        .hasSize(2)
        .allMatch(line -> line.contains("not a field that can be given"));
  }

  @Test
  void saysEverythingThatIsWrongAtOnce() {
    ObjectNode json = JSON.createObjectNode();
    json.put("bucket", "other").put("key", 7).put("nmae", "x").put("type", "pdf");
    json.put("disposition", "show").put("delivery", true).put("harmlessName", "yes");
    json.put("expiresAt", "tomorrow");
    assertThat(lines(json))
        .containsExactlyInAnyOrder(
            "bucket: not on the list (expected: s3.buckets)",
            "key: a number (expected: a string)",
            "nmae: not a field that can be given (expected: access, bucket, delivery, disposition,"
                + " expiresAt, harmlessName, key, name, type, versionId)",
            "name: missing (expected: a file name)",
            "type: not a media type (expected: one such as application/pdf)",
            "disposition: an unknown word (expected: attachment or inline)",
            "delivery: a boolean (expected: a string)",
            "harmlessName: a string (expected: true or false)",
            "access: missing (expected: a rule; say {\"anyone\":\"authenticated\"} to allow every"
                + " verified token)",
            "expiresAt: not a timestamp (expected: RFC 3339, such as 2030-01-31T12:00:00Z)");
  }

  @Test
  void takesNullForMissing() {
    ObjectNode json = least();
    json.putNull("bucket").putNull("key").putNull("name").putNull("access");
    assertThat(lines(json)).hasSize(4).allMatch(line -> line.contains(": missing (expected: "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "7", "\"x\"", "null"})
  void refusesWhatIsNoObject(String text) throws JsonProcessingException {
    assertThat(lines(reader.read(JSON.readTree(text)))).contains(kindLine(text));
  }

  private static String kindLine(String text) {
    String kind =
        switch (text) {
          case "[]" -> "an array";
          case "7" -> "a number";
          case "null" -> "null";
          default -> "a string";
        };
    return "body: " + kind + " (expected: a JSON object)";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        " ",
        "a b+c%20%?x#y",
        "//",
        "a//b",
        "..",
        "../../etc",
        ".",
        "\"'<>&",
        "ü/漢字/\ud83d\ude00",
        "line\nend",
        "tab\t",
        "\u007f",
        "\u202e"
      })
  void takesOddKeys(String key) {
    assertThat(valid(least().put("key", key)).location().key()).isEqualTo(key);
  }

  @Test
  void countsAKeyInBytes() {
    assertThat(valid(least().put("key", "ü".repeat(512)))).isNotNull();
    assertThat(lines(least().put("key", "ü".repeat(512) + "a")))
        .containsExactly("key: 1025 bytes (expected: 1 to 1024 bytes of UTF-8 without NUL)");
    assertThat(lines(least().put("key", ""))).hasSize(1).first().asString().contains("0 bytes");
  }

  @Test
  void refusesKeysThatS3CannotHave() {
    assertThat(lines(least().put("key", "a\0b")).get(0)).startsWith("key: a NUL character (");
    assertThat(lines(least().put("key", "a\ud800b")).get(0))
        .startsWith("key: half of a surrogate pair (");
  }

  @ParameterizedTest
  @CsvSource({
    "'a/b', a path separator",
    "'a\\b', a path separator",
    "., a folder",
    ".., a folder",
    "'', 0 characters"
  })
  void refusesNamesThatAreNoNames(String name, String found) {
    assertThat(lines(least().put("name", name)).get(0)).startsWith("name: " + found + " (");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a\nb", "a\rb", "\0", "\u0085", "\u2028", "a\u202egpj.exe", "\u2066", "\ud800"})
  void refusesNamesThatDeceive(String name) {
    assertThat(lines(least().put("name", name))).hasSize(1);
  }

  @Test
  void countsANameInCharacters() {
    assertThat(valid(least().put("name", "\ud83d\ude00".repeat(255)))).isNotNull();
    assertThat(lines(least().put("name", "a".repeat(300))))
        .containsExactly("name: 300 characters (expected: 1 to 255)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a/b", "text/html;charset=utf-8", "application/vnd.x+json ; a=\"b\\\"c\""})
  void takesMediaTypes(String type) {
    assertThat(valid(least().put("type", type)).type()).isEqualTo(type);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "pdf", "a/", "/b", "a/b;", "a/b\r\nX: y", "a/b; c", "a/b, c/d", "a/ü", " a/b"})
  void refusesWhatIsNoMediaType(String type) {
    assertThat(lines(least().put("type", type)).get(0)).startsWith("type: not a media type");
  }

  @Test
  void refusesALongMediaType() {
    assertThat(lines(least().put("type", "a/" + "b".repeat(126))))
        .containsExactly("type: 128 characters (expected: at most 127)");
  }

  @ParameterizedTest
  @CsvSource({
    "2026-03-01T10:00:00Z, a past time",
    "2026-03-01T10:00:00.123Z, a past time",
    "2026-03-01, not a timestamp",
    "2027-03-01T10:00Z, not a timestamp",
    "2027-03-01T10:00:00, not a timestamp",
    "2027-02-30T10:00:00Z, no such time"
  })
  void refusesTimesThatAreNotToCome(String time, String found) {
    assertThat(lines(least().put("expiresAt", time)).get(0)).startsWith("expiresAt: " + found);
  }

  @Test
  void passesOnWhatIsWrongWithARule() {
    ObjectNode json = least();
    json.putObject("access").put("nobody", "x");
    assertThat(lines(json)).hasSize(1).first().asString().startsWith("access");
  }

  @Test
  void neverRepeatsBucketOrKey() {
    ObjectNode json = least();
    json.put("bucket", "canary-bucket-2").put("key", SampleFiles.KEY + "\0");
    json.put(SampleFiles.KEY, "x").put("name", SampleFiles.KEY).put("type", SampleFiles.KEY);
    json.put("delivery", SampleFiles.KEY).put("expiresAt", SampleFiles.KEY);
    json.put("versionId", SampleFiles.KEY);
    assertThat(lines(json)).hasSizeGreaterThan(6);
    assertThat(String.join("\n", lines(json))).doesNotContainIgnoringCase("canary");
    assertThat(valid(least()).toString()).doesNotContainIgnoringCase("canary");
    assertThat(reader.read(least()).toString()).doesNotContainIgnoringCase("canary");
  }

  private static ObjectNode least() {
    ObjectNode json = JSON.createObjectNode();
    json.put("bucket", SampleFiles.BUCKET).put("key", SampleFiles.KEY).put("name", "MRI.pdf");
    json.putObject("access").put("anyone", "authenticated");
    return json;
  }

  private Registration valid(JsonNode json) {
    return reader
        .read(json)
        .match(
            wish -> wish,
            problems -> {
              throw new AssertionError(problems.toString());
            });
  }

  private List<String> lines(JsonNode json) {
    return lines(reader.read(json));
  }

  private static List<String> lines(Reading<?> reading) {
    return reading.match(
        wish -> List.of(), problems -> problems.stream().map(FieldProblem::line).toList());
  }
}
