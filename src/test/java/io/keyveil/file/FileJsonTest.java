package io.keyveil.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the API shows of a file. */
final class FileJsonTest {
  @Test
  void showsEverythingButTheLocation() {
    FileRecord file = SampleFiles.file();
    ObjectNode json = FileJson.write(file);
    assertThat(fields(json))
        .containsExactly(
            "id",
            "name",
            "type",
            "size",
            "etag",
            "sha256",
            "disposition",
            "delivery",
            "deliveredAs",
            "note",
            "opaque",
            "harmlessName",
            "access",
            "state",
            "createdAt",
            "expiresAt",
            "revision");
    assertThat(json.toString())
        .doesNotContainIgnoringCase("canary")
        .contains("\"size\":1099511627776", "\"createdAt\":\"2026-03-01T10:00:00.123Z\"");
  }

  @Test
  void tellsHowAFileIsReallyDelivered() {
    ObjectNode named = FileJson.write(SampleFiles.file());
    assertThat(named.get("delivery").asText()).isEqualTo("redirect");
    assertThat(named.get("deliveredAs").asText()).isEqualTo("stream");
    assertThat(named.get("note").asText())
        .isEqualTo("the key is not opaque, so the file is always streamed");
    ObjectNode opaque = FileJson.write(SampleFiles.bareFile());
    assertThat(opaque.get("deliveredAs").asText()).isEqualTo("auto");
    assertThat(opaque.has("note")).isFalse();
    assertThat(opaque.has("sha256")).isFalse();
    assertThat(opaque.get("expiresAt").isNull()).isTrue();
  }

  private static List<String> fields(ObjectNode json) {
    Iterator<String> names = json.fieldNames();
    return Stream.iterate(names, Iterator::hasNext, all -> all).map(Iterator::next).toList();
  }
}
