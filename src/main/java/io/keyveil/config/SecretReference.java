package io.keyveil.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Where a secret is: {@code {env: NAME}} or {@code {file: PATH}}.
 *
 * <p>A problem never repeats what was found, not even a name or a path: a secret written in the
 * wrong place would be among them.
 */
final class SecretReference {
  static final String EXPECTED = "{env: NAME} or {file: PATH}";

  private static final int LONGEST = 64 * 1024;
  private static final Set<String> WAYS = Set.of("env", "file");

  private final String path;
  private final Environment environment;
  private final Problems problems;

  SecretReference(String path, Environment environment, Problems problems) {
    this.path = path;
    this.environment = environment;
    this.problems = problems;
  }

  /** The secret that the environment or the file refers to; empty if neither does or can. */
  Optional<String> resolve(JsonNode written) {
    // The variable itself is a reference already: it keeps the secret out of the file, which is all
    // that {env: NAME} does.
    Optional<String> value = environment.text(path);
    Optional<String> variable = environment.text(path + ".env");
    Optional<String> file = environment.text(path + ".file");
    boolean sound = isReference(written);
    if (value.isPresent() || variable.isPresent() || file.isPresent()) {
      return resolve(value, variable, file);
    }
    return sound
        ? fromVariable(word(written, "env")).or(() -> fromFile(word(written, "file")))
        : Optional.empty();
  }

  /** The same as something that reads a file again; what the environment says stays. */
  Optional<Supplier<String>> source(JsonNode written) {
    return resolve(written)
        .map(
            first ->
                environment
                    .text(path + ".file")
                    .or(() -> word(written, "file"))
                    .<Supplier<String>>map(file -> new SecretFile(file, first))
                    .orElse(() -> first));
  }

  private Optional<String> resolve(
      Optional<String> value, Optional<String> variable, Optional<String> file) {
    long ways = Stream.of(value, variable, file).filter(Optional::isPresent).count();
    if (ways > 1) {
      problems.note(path, "given in " + ways + " ways (expected: one)");
      return Optional.empty();
    }
    return value
        .filter(text -> filled(path, text))
        .or(() -> fromVariable(variable))
        .or(() -> fromFile(file));
  }

  /** Whether the file has a reference, or nothing at all; a secret written out is refused. */
  private boolean isReference(JsonNode written) {
    boolean nothing = written.isMissingNode() || written.isNull() || isEmptyText(written);
    boolean sound = nothing || isOneWay(written);
    if (!sound) {
      problems.note(path, "written out (expected: " + EXPECTED + ")");
    }
    return sound;
  }

  private static boolean isEmptyText(JsonNode written) {
    return written.isTextual() && written.textValue().isEmpty();
  }

  private static boolean isOneWay(JsonNode written) {
    return written.isObject()
        && written.size() == 1
        && WAYS.contains(written.fieldNames().next())
        && written.elements().next().isTextual();
  }

  private static Optional<String> word(JsonNode written, String way) {
    return Optional.ofNullable(written.path(way).textValue());
  }

  private Optional<String> fromVariable(Optional<String> name) {
    return name.flatMap(this::fromVariable);
  }

  private Optional<String> fromVariable(String name) {
    Optional<String> text = environment.named(name);
    if (text.isEmpty()) {
      problems.note(path + ".env", "no such variable (expected: one that holds the secret)");
    }
    return text.filter(found -> filled(path + ".env", found));
  }

  private Optional<String> fromFile(Optional<String> name) {
    return name.flatMap(this::fromFile);
  }

  private Optional<String> fromFile(String name) {
    try (InputStream stream = Files.newInputStream(Path.of(name))) {
      return text(stream.readNBytes(LONGEST + 1)).filter(text -> filled(path + ".file", text));
    } catch (CharacterCodingException e) {
      problems.note(path + ".file", "no text (expected: UTF-8)");
    } catch (IOException | InvalidPathException e) {
      problems.note(path + ".file", "cannot be read (expected: a file that holds the secret)");
    }
    return Optional.empty();
  }

  private Optional<String> text(byte[] bytes) throws CharacterCodingException {
    if (bytes.length > LONGEST) {
      problems.note(path + ".file", "too large (expected: at most 64KiB)");
      return Optional.empty();
    }
    return Optional.of(withoutLineEnd(bytes));
  }

  static String withoutLineEnd(byte[] bytes) throws CharacterCodingException {
    String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    return text.replaceFirst("\\r?\\n\\z", "");
  }

  private boolean filled(String where, String text) {
    if (text.isBlank()) {
      problems.note(where, "empty (expected: the secret)");
    }
    return !text.isBlank();
  }
}
