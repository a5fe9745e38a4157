package io.keyveil.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.file.Disposition;
import io.keyveil.file.SampleFiles;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names on their way into a header field, and back out of it. */
final class ContentDispositionTest {
  /** RFC 6266 section 4.1, with the one order in which we write the parameters. */
  private static final Pattern FIELD =
      Pattern.compile(
          "(attachment|inline); filename=\"([ !#$&-.0-\\[\\]-~]*)\""
              + "(?:; filename\\*=UTF-8''((?:[A-Za-z0-9!#$&+.^_`|~-]|%[0-9A-F]{2})*))?");

  private final ContentDisposition dispositions =
      new ContentDisposition(DeliverySettings.DEFAULTS.inlineTypes());

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "MRI March.pdf | attachment; filename=\"MRI March.pdf\"",
        "it's; a=b,c.txt | attachment; filename=\"it's; a=b,c.txt\"",
        "50%.txt | attachment; filename=\"50_.txt\"; filename*=UTF-8''50%25.txt",
        "%41.txt | attachment; filename=\"_41.txt\"; filename*=UTF-8''%2541.txt",
        "a\"b.txt | attachment; filename=\"a_b.txt\"; filename*=UTF-8''a%22b.txt",
        "a\\b.txt | attachment; filename=\"a_b.txt\"; filename*=UTF-8''a%5Cb.txt",
        "a/b.txt | attachment; filename=\"a_b.txt\"; filename*=UTF-8''a%2Fb.txt",
        "März.pdf | attachment; filename=\"M_rz.pdf\"; filename*=UTF-8''M%C3%A4rz.pdf",
        "検.pdf | attachment; filename=\"_.pdf\"; filename*=UTF-8''%E6%A4%9C.pdf",
        "🩻.png | attachment; filename=\"_.png\"; filename*=UTF-8''%F0%9F%A9%BB.png",
        "' (*) | attachment; filename=\"' (*)\"",
        "é'(*) | attachment; filename=\"_'(*)\"; filename*=UTF-8''%C3%A9%27%28%2A%29",
      })
  void writesNames(String name, String field) {
    assertThat(named(name)).isEqualTo(field);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\r\nSet-Cookie: x=y.txt",
        "a\nb",
        "a\rb",
        "a\0b",
        "a\tb",
        "a\u007fb",
        "a\u0085b",
        "a\u2028b",
        "x\u202efdp.exe",
        "\u2066x\u2069",
        "\u200f\u0627",
        "\ufeffa",
        "e\u0301",
        "half \ud83e",
        "\"; filename=evil.exe; x=\"",
        "a\"; filename*=UTF-8''evil.exe",
        " ",
      })
  void writesNothingButPrintableAscii(String name) {
    assertThat(named(name)).matches("[ -~]+").matches(FIELD);
  }

  @Test
  void writesVeryLongNames() {
    String field = named("ä".repeat(255));
    assertThat(field).matches(FIELD);
    assertThat(nameIn(field)).isEqualTo("ä".repeat(255));
  }

  @Test
  void writesNamesThatReadBackToThemselves() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 5_000; i++) {
      String name = randomName(random);
      String field = named(name);
      assertThat(field).as("seed %d", seed).matches(FIELD);
      assertThat(nameIn(field)).as("seed %d", seed).isEqualTo(name);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "application/pdf, inline",
    "APPLICATION/PDF, inline",
    "text/plain; charset=utf-8, inline",
    "image/png ;x=y, inline",
    "text/html, attachment",
    "image/svg+xml, attachment",
    "application/xhtml+xml, attachment",
    "text/xml, attachment",
    "application/octet-stream, attachment",
    "application/pdfx, attachment",
  })
  void showsInPlaceOnlyWhatIsOnTheList(String type, String disposition) {
    assertThat(dispositions.named(SampleFiles.named("a", type, Disposition.INLINE, false)))
        .isEqualTo(disposition + "; filename=\"a\"");
  }

  @Test
  void showsNothingInPlaceThatWasNotAskedFor() {
    assertThat(
            dispositions.named(
                SampleFiles.named("a.png", "image/png", Disposition.ATTACHMENT, false)))
        .startsWith("attachment;");
  }

  @Test
  void showsNothingInPlaceWithAnEmptyList() {
    assertThat(
            new ContentDisposition(List.of())
                .named(SampleFiles.named("a.png", "image/png", Disposition.INLINE, false)))
        .startsWith("attachment;");
  }

  @ParameterizedTest
  @CsvSource({
    "MRI Jane Doe.pdf, .pdf",
    "archive.tar.gz, .gz",
    "Jane.Doe, .Doe",
    "Dr. Jane Doe, ''",
    "letter.to_jane, ''",
    "letter.johann, ''",
    "letter.johnson, ''",
    "x.ämp, ''",
    "noextension, ''",
    "dot., ''",
    ".pdf, .pdf",
  })
  void namesRedirectsNeutrally(String name, String extension) {
    String field =
        dispositions.forRedirect(
            SampleFiles.named(name, "application/pdf", Disposition.INLINE, false));
    assertThat(field).isEqualTo("inline; filename=\"download-AAAAAA" + extension + "\"");
  }

  @Test
  void namesRedirectsFullyWhereTheNameIsHarmless() {
    assertThat(
            dispositions.forRedirect(
                SampleFiles.named("Form.pdf", "application/pdf", Disposition.ATTACHMENT, true)))
        .isEqualTo("attachment; filename=\"Form.pdf\"");
  }

  private String named(String name) {
    return dispositions.named(
        SampleFiles.named(name, "application/pdf", Disposition.ATTACHMENT, false));
  }

  /** Reads as a browser does: the extended name wins (RFC 6266 section 4.3). */
  private static String nameIn(String field) {
    Matcher parts = FIELD.matcher(field);
    assertThat(parts.matches()).isTrue();
    return parts.group(3) == null ? parts.group(2) : decode(parts.group(3));
  }

  private static String decode(String extended) {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    for (int i = 0; i < extended.length(); i++) {
      if (extended.charAt(i) == '%') {
        octets.write(Integer.parseInt(extended.substring(i + 1, i + 3), 16));
        i += 2;
      } else {
        octets.write(extended.charAt(i));
      }
    }
    return octets.toString(StandardCharsets.UTF_8);
  }

  /** Mostly ASCII with its special characters, some of everything else, no lone surrogates. */
  private static String randomName(Random random) {
    int[] limits = {0x80, 0x80, 0x80, 0x100, 0x800, 0x10000, 0x110000};
    return random
        .ints(1 + random.nextInt(40), 0, limits.length)
        .map(which -> random.nextInt(limits[which]))
        .map(c -> c >= 0xd800 && c <= 0xdfff ? 'x' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
