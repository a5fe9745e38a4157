package io.keyveil.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/** What the pages are made of: files of the operator's folder, and the jar's where it has none. */
final class PageFiles {
  private static final int LARGEST = 256 * 1024;

  private final Optional<Path> folder;

  PageFiles(Optional<Path> folder) {
    this.folder = folder;
    if (folder.isPresent() && !Files.isDirectory(folder.get())) {
      throw new InvalidPagesException(
          "pages.templates: " + folder.get() + " (expected: a folder with templates)");
    }
  }

  String text(String name) {
    return folder
        .map(own -> own.resolve(name))
        .filter(Files::exists)
        .map(file -> decoded(file, bytes("pages.templates", file, LARGEST)))
        .orElseGet(() -> builtIn(name));
  }

  PageTemplate template(String name) {
    return PageTemplate.of(name, text(name));
  }

  /** The jar's texts, and above them the folder's, which need not have them all. */
  Properties texts(String name) {
    Properties texts = read(name, new Properties(), builtIn(name));
    return read(name, new Properties(texts), text(name));
  }

  private static Properties read(String name, Properties texts, String content) {
    try {
      texts.load(new StringReader(content));
      return texts;
    } catch (IOException | IllegalArgumentException e) {
      throw new InvalidPagesException(
          "pages.templates: " + name + ": cannot be read (expected: a properties file)");
    }
  }

  /** The bytes of a file that a setting names. */
  static byte[] bytes(String setting, Path file, int most) {
    try (InputStream stream = Files.newInputStream(file)) {
      byte[] bytes = stream.readNBytes(most + 1);
      if (bytes.length > most) {
        throw new InvalidPagesException(
            setting + ": " + file + " is too large (expected: at most " + most / 1024 + " KiB)");
      }
      return bytes;
    } catch (IOException e) {
      throw new InvalidPagesException(setting + ": " + file + " cannot be read (expected: a file)");
    }
  }

  private static String decoded(Path file, byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new InvalidPagesException("pages.templates: " + file + " is no text in UTF-8");
    }
  }

  private static String builtIn(String name) {
    try (InputStream stream = PageFiles.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException("not in the jar: " + name);
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
