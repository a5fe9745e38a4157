package io.keyveil.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.audit.AuditRecord.Ending;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines of nginx's log of what it carried. */
final class CarriedLineTest {
  private static final String LINE =
      "{\"time\":\"t\",\"instance\":\"0011223344556677\",\"event\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"request\":\"0123456789abcdef01234567\","
          + "\"window\":\"\",\"match\":\"\\\"tag\\\"\",\"etag\":\"\\\"tag\\\"\","
          + "\"status\":206,\"bytes\":10,\"length\":\"10\",\"range\":\"bytes=0-9\","
          + "\"seconds\":\"1.234\"}";

  @Test
  void isACompletion() {
    CarriedLine parsed = CarriedLine.parse(LINE, Instant.EPOCH).orElseThrow();
    var completion = parsed.completion();
    assertThat(completion.event().text()).isEqualTo("A".repeat(22));
    assertThat(completion.range()).contains("0-9");
    assertThat(completion.took()).hasMillis(1234);
    assertThat(completion.ending()).isEqualTo(Ending.COMPLETE);
    assertThat(parsed.window()).isEmpty();
    assertThat(parsed.first()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\\\"other\\\"", "W/\\\"tag\\\""})
  void isAboutAnotherObject(String tag) {
    String line = LINE.replace("\"etag\":\"\\\"tag\\\"\"", "\"etag\":\"" + tag + "\"");
    assertThat(line).isNotEqualTo(LINE);
    CarriedLine parsed = CarriedLine.parse(line, Instant.EPOCH).orElseThrow();
    assertThat(parsed.completion().ending()).isEqualTo(Ending.CORRUPT);
    assertThat(
            CarriedLine.parse(line.replace("206", "410"), Instant.EPOCH)
                .orElseThrow()
                .completion()
                .ending())
        .isEqualTo(Ending.UPSTREAM_FAILED);
  }

  @Test
  void namesTheWindowThatItCountsIn() {
    String text = "L".repeat(22) + "." + "W".repeat(22) + ".4711";
    String line =
        LINE.replace("\"window\":\"\"", "\"window\":\"" + text + "\"").replace("=0-9", "=30-39");
    CarriedLine parsed = CarriedLine.parse(line, Instant.EPOCH).orElseThrow();
    assertThat(parsed.window().map(CarriedWindow::text)).contains(text);
    assertThat(parsed.window().orElseThrow().size()).isEqualTo(4711);
    assertThat(parsed.first()).isEqualTo(30);
  }

  @Test
  void isWholeBehindAPieceOfAnother() {
    assertThat(CarriedLine.parse(LINE.substring(0, 70) + LINE, Instant.EPOCH)).isPresent();
  }

  @Test
  void isOneInstancesAlone() {
    assertThat(CarriedLine.owner(LINE, "0011223344556677")).isEqualTo(CarriedLine.Owner.OURS);
    assertThat(CarriedLine.owner(LINE, "ffffffffffffffff")).isEqualTo(CarriedLine.Owner.OTHERS);
    String page = "{\"time\":\"t\",\"event\":\"\"}";
    assertThat(CarriedLine.owner(page, "0011223344556677")).isEqualTo(CarriedLine.Owner.OTHERS);
    String older = "{\"time\":\"t\",\"event\":\"AAAAAAAAAAAAAAAAAAAAAA\"}";
    assertThat(CarriedLine.owner(older, "0011223344556677")).isEqualTo(CarriedLine.Owner.NOBODY);
    assertThat(CarriedLine.owner("GET / 200", "0011223344556677"))
        .isEqualTo(CarriedLine.Owner.NOBODY);
  }

  @ParameterizedTest
  @CsvSource({
    "206, 9, ABORTED_BY_CLIENT",
    "200, 10, COMPLETE",
    "499, 0, ABORTED_BY_CLIENT",
    "410, 100, UPSTREAM_FAILED",
    "502, 10, UPSTREAM_FAILED"
  })
  void tellsHowItEnded(int status, long bytes, Ending ending) {
    String line = LINE.replace("206", "" + status).replace("\"bytes\":10", "\"bytes\":" + bytes);
    assertThat(CarriedLine.parse(line, Instant.EPOCH).orElseThrow().completion().ending())
        .isEqualTo(ending);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "AAAAAAAAAAAAAAAAAAAAAA | short",
        "0123456789abcdef01234567 | x",
        "bytes=0-9 | bytes=0-",
        "1.234 | fast",
        "206 | 0",
        "\"bytes\":10 | \"bytes\":-1",
        "\"bytes\":10 | \"bytes\":\"ten\"",
        "} | ",
      })
  void isNothingElse(String part, String bad) {
    String line = LINE.replace(part, bad == null ? "" : bad);
    assertThat(CarriedLine.parse(line, Instant.EPOCH)).isEmpty();
  }
}
