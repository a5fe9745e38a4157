package io.keyveil.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How header fields become preconditions. */
final class RequestConditionsTest {
  private static final RawServer SERVER =
      new RawServer(
          request -> {
            var conditions = DownloadRoute.conditions(request);
            return String.join(
                " ",
                conditions.ifMatch().map(tags -> tags.strong().size() + "strong").orElse("-"),
                conditions.ifUnmodifiedSince().map(Object::toString).orElse("-"),
                conditions.ifNoneMatch().map(tags -> tags.strong().size() + "strong").orElse("-"),
                conditions.ifModifiedSince().map(Object::toString).orElse("-"),
                conditions.ifRange().orElse("-"));
          });

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Test
  void areAbsentWithoutFields() {
    assertThat(asked("Accept: */*")).isEqualTo("- - - - -");
  }

  @Test
  void areReadFromTheirFields() {
    assertThat(
            asked(
                "If-Match: \"a\"",
                "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT",
                "If-None-Match: \"a\", \"b\"",
                "If-None-Match: \"c\"",
                "If-Modified-Since: Sun, 06 Nov 1994 08:49:38 GMT",
                "If-Range: \"d\""))
        .isEqualTo("1strong 1994-11-06T08:49:37Z 3strong 1994-11-06T08:49:38Z \"d\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "\"a", "", "\"a\" \"b\""})
  void areThereButMatchNothingWhereAListIsMalformed(String list) {
    assertThat(asked("If-Match: " + list, "If-None-Match: " + list))
        .isEqualTo("0strong - 0strong - -");
  }

  @Test
  void areAbsentWhereADateIsMalformed() {
    assertThat(asked("If-Unmodified-Since: soon", "If-Modified-Since: 7")).isEqualTo("- - - - -");
  }

  private static String asked(String... fields) {
    return SERVER.ask("GET / HTTP/1.1", "Host: localhost\r\n" + String.join("\r\n", fields));
  }
}
