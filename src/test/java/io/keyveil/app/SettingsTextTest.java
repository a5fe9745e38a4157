package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.config.ConfigReader;
import io.keyveil.config.KeyveilSettings;
import io.keyveil.delivery.ResumeSettings;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Two processes on the same settings have to come to the same text. */
class SettingsTextTest {
  /** Settings of every shape. */
  record ShapeSettings(
      Optional<String> maybe, Set<String> set, Map<String, List<Integer>> map, Inner inner) {
    /** A part of them. */
    record Inner(Duration life, Other other) {}
  }

  /** No settings, and so with a word of its own. */
  record Other(String secret) {
    @Override
    public String toString() {
      return "Other[***]";
    }
  }

  @Test
  void putsEverythingIntoOneOrder() {
    Map<String, List<Integer>> unsorted = new LinkedHashMap<>();
    unsorted.put("z", List.of(2, 1));
    unsorted.put("b", List.of());
    unsorted.put("a", List.of(3));
    ShapeSettings settings =
        new ShapeSettings(
            Optional.of("a"),
            new LinkedHashSet<>(List.of("f", "e", "a", "c", "b", "d")),
            unsorted,
            new ShapeSettings.Inner(Duration.ofSeconds(5), new Other("hush")));
    assertThat(SettingsText.of(settings))
        .isEqualTo(
            "ShapeSettings[maybe=a, set=[a, b, c, d, e, f], map={a=[3], b=[], z=[2, 1]},"
                + " inner=Inner[life=PT5S, other=Other[***]]]");
  }

  @Test
  void tellsOneSettingFromAnother() {
    ResumeSettings some = ResumeSettings.DEFAULTS;
    ResumeSettings others =
        new ResumeSettings(some.attempts() + 1, some.backoff(), some.stallTimeout());
    assertThat(SettingsText.of(some)).isNotEqualTo(SettingsText.of(others));
  }

  @Test
  void reachesAllOfTheGateway() {
    String text = SettingsText.of(ConfigReader.read(Map.of("KEYVEIL_PROFILE", "development")));
    for (var part : KeyveilSettings.class.getRecordComponents()) {
      assertThat(text).contains(part.getName() + "=");
    }
    assertThat(text).contains("delivery=DeliverySettings[").contains("resume=ResumeSettings[");
  }
}
