package io.keyveil.app;

import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Settings as one text, the same in every process: what has no order is put into one.
 *
 * <p>Their own {@code toString()} would do but for that, and for what it costs: the JDK links each
 * kind of record for itself when it is first printed, a twentieth of the whole start. What is no
 * record of settings speaks for itself, so that secrets stay what they are.
 */
final class SettingsText {
  private static final String NAMED = "Settings";

  private SettingsText() {}

  static String of(Record settings) {
    return Stream.of(settings.getClass().getRecordComponents())
        .map(part -> part.getName() + "=" + text(value(settings, part)))
        .collect(Collectors.joining(", ", settings.getClass().getSimpleName() + "[", "]"));
  }

  private static String text(Object value) {
    if (value instanceof Record record && isOfSettings(record.getClass())) {
      return of(record);
    }
    if (value instanceof Optional<?> optional) {
      return optional.map(SettingsText::text).orElse("none");
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, String> sorted = new TreeMap<>();
      map.forEach((key, held) -> sorted.put(text(key), text(held)));
      return sorted.toString();
    }
    if (value instanceof Collection<?> values) {
      Stream<String> texts = values.stream().map(SettingsText::text);
      return (value instanceof Set<?> ? texts.sorted() : texts)
          .collect(Collectors.joining(", ", "[", "]"));
    }
    return String.valueOf(value);
  }

  private static boolean isOfSettings(Class<?> type) {
    Class<?> around = type.getEnclosingClass();
    return type.getSimpleName().endsWith(NAMED) || (around != null && isOfSettings(around));
  }

  private static Object value(Record settings, RecordComponent part) {
    try {
      return part.getAccessor().invoke(settings);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("records of settings are public", e);
    }
  }
}
