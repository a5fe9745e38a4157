package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.file.FileId;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Documents with links in the place of files. */
final class LinkDocumentTest {
  private static final FileId ONE = new FileId("AAAAAAAAAAAAAAAAAAAAAA");
  private static final FileId TWO = new FileId("BBBBBBBBBBBBBBBBBBBBBA");
  private static final Map<FileId, String> URLS =
      Map.of(ONE, "https://files.test/links/one", TWO, "https://files.test/links/two");

  private static LinkDocument read(String text) {
    return LinkDocument.parse(text).orElseThrow();
  }

  @Test
  void replacesTextsOfJsonWhereTheyStand() {
    String text =
        """
        {
          "tracks": [ {"url": "keyveil:AAAAAAAAAAAAAAAAAAAAAA",   "n": 1.0},
                      {"url": "keyveil:BBBBBBBBBBBBBBBBBBBBBA"} ],
          "again": "keyveil:AAAAAAAAAAAAAAAAAAAAAA"
        }
        """;
    LinkDocument document = read(text);
    assertThat(document.files()).containsExactly(ONE, TWO);
    assertThat(document.render(URLS))
        .isEqualTo(
            text.replace("keyveil:" + ONE, "https://files.test/links/one")
                .replace("keyveil:" + TWO, "https://files.test/links/two"));
  }

  @Test
  void keepsTheCommentsOfYaml() {
    String text =
        """
        # the reference
        tracks:
          - url: keyveil:AAAAAAAAAAAAAAAAAAAAAA # a comment
            index: "keyveil:BBBBBBBBBBBBBBBBBBBBBA"
        """;
    assertThat(read(text).render(URLS))
        .isEqualTo(
            """
            # the reference
            tracks:
              - url: https://files.test/links/one # a comment
                index: "https://files.test/links/two"
            """);
  }

  @Test
  void leavesAloneWhatOnlyLooksLikeOne() {
    String text =
        """
        {"a": "see keyveil:AAAAAAAAAAAAAAAAAAAAAA there", "b": "keyveil:short",
         "keyveil:AAAAAAAAAAAAAAAAAAAAAA": "keyveil:BBBBBBBBBBBBBBBBBBBBBA"}
        """;
    LinkDocument document = read(text);
    assertThat(document.files()).containsExactly(TWO);
    String rendered = document.render(Map.of(TWO, "https://files.test/links/two"));
    assertThat(rendered)
        .contains("see keyveil:AAAAAAAAAAAAAAAAAAAAAA there")
        .contains("\"keyveil:AAAAAAAAAAAAAAAAAAAAAA\"")
        .contains("https://files.test/links/two");
  }

  @Test
  void writesAnewWhatWasWrittenByEscapes() {
    LinkDocument document = read("{\"a\": \"keyveil\\u003aAAAAAAAAAAAAAAAAAAAAAA\"}");
    assertThat(document.files()).containsExactly(ONE);
    assertThat(document.render(URLS)).contains("\"https://files.test/links/one\"");
  }

  @Test
  void readsNothingElse() {
    assertThat(LinkDocument.parse("just text")).isEmpty();
    assertThat(LinkDocument.parse("{\"a\": ")).isEmpty();
    assertThat(LinkDocument.parse("")).isEmpty();
  }
}
