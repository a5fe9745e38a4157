package io.keyveil.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.file.EntityTag;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists of entity tags as clients send them. */
final class EntityTagsTest {
  private static final EntityTag TAG = new EntityTag("\"a\"");

  @Test
  void readsStrongAndWeakTags() {
    assertThat(EntityTags.parse("\"a\", W/\"b\",\t\"c,d\" ,\"\""))
        .contains(new EntityTags(false, Set.of("\"a\"", "\"c,d\"", "\"\""), Set.of("\"b\"")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"a\"", " \"a\" ", ",\"a\",", ", ,\"a\" , ,", "\"a\",\"a\""})
  void forgivesEmptyElements(String field) {
    assertThat(EntityTags.parse(field)).contains(new EntityTags(false, Set.of("\"a\""), Set.of()));
  }

  @Test
  void readsBytesBeyondAscii() {
    assertThat(EntityTags.parse("\"\u00e4\"").orElseThrow().strong()).containsExactly("\"\u00e4\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",",
        "a",
        "\"a",
        "a\"",
        "\"a\" \"b\"",
        "\"a\"b",
        "\"a\", b",
        "b, \"a\"",
        "w/\"a\"",
        "W/ \"a\"",
        "W/",
        "\"a b\"",
        "\"a\\\"b\"",
        "\"a\u007f\"",
        "\"a\u0100\"",
        "*, \"a\"",
        "\"a\", *",
        "**",
      })
  void takesNothingFromAMalformedList(String field) {
    assertThat(EntityTags.parse(field)).isEmpty();
  }

  @Test
  void comparesStronglyByStrongTagsAlone() {
    assertThat(EntityTags.parse("\"b\", \"a\"").orElseThrow().matchesStrongly(TAG)).isTrue();
    assertThat(EntityTags.parse("W/\"a\"").orElseThrow().matchesStrongly(TAG)).isFalse();
    assertThat(EntityTags.parse("\"A\"").orElseThrow().matchesStrongly(TAG)).isFalse();
    assertThat(EntityTags.parse("*").orElseThrow().matchesStrongly(TAG)).isTrue();
  }

  @Test
  void comparesWeaklyByTheOpaquePart() {
    assertThat(EntityTags.parse("W/\"a\"").orElseThrow().matchesWeakly(TAG)).isTrue();
    assertThat(EntityTags.parse("\"a\"").orElseThrow().matchesWeakly(TAG)).isTrue();
    assertThat(EntityTags.parse("W/\"b\"").orElseThrow().matchesWeakly(TAG)).isFalse();
    assertThat(EntityTags.parse("*").orElseThrow().matchesWeakly(TAG)).isTrue();
  }

  @Test
  void readsALongListWithoutDeepRecursion() {
    String list = "\"" + "x".repeat(100) + "\",";
    assertThat(EntityTags.parse(list.repeat(2000)).orElseThrow().strong()).hasSize(1);
    assertThat(EntityTags.parse("\"" + "x".repeat(200_000) + "\"")).isPresent();
    assertThat(EntityTags.parse(",".repeat(200_000))).isEmpty();
  }
}
