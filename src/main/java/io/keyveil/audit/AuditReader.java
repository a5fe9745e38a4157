package io.keyveil.audit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Shows the records in a folder, without a judgement on the chain. */
public final class AuditReader {
  private static final int PAUSE = 200;

  private AuditReader() {}

  /**
   * Hands out records in the order of the chain, one at a time. Blocks. Lines that are no records
   * are left out; the verifier tells of them.
   *
   * @throws IOException if the folder or a file cannot be read
   */
  public static void read(Path folder, Predicate<ObjectNode> filter, Consumer<ObjectNode> reader)
      throws IOException {
    for (Path file : AuditFiles.inOrder(folder)) {
      try (LineReader lines = new LineReader(file)) {
        drain(lines, filter, reader);
      }
    }
  }

  /**
   * The same, and goes on with what is written, from one file to the next, for as long as somebody
   * wants it. Blocks until then.
   */
  public static void follow(
      Path folder,
      Predicate<ObjectNode> filter,
      Consumer<ObjectNode> reader,
      BooleanSupplier wanted)
      throws IOException {
    Set<Path> read = new HashSet<>();
    while (wanted.getAsBoolean()) {
      Optional<Path> next =
          AuditFiles.inOrder(folder).stream().filter(file -> !read.contains(file)).findFirst();
      if (next.isEmpty()) {
        pause();
      } else if (read.add(next.get())) {
        follow(folder, next.get(), read, filter, reader, wanted);
      }
    }
  }

  /** Reads a file until there is a next one with records; what is written here then is all. */
  private static void follow(
      Path folder,
      Path file,
      Set<Path> read,
      Predicate<ObjectNode> filter,
      Consumer<ObjectNode> reader,
      BooleanSupplier wanted)
      throws IOException {
    try (LineReader lines = new LineReader(file)) {
      while (wanted.getAsBoolean()) {
        drain(lines, filter, reader);
        boolean over = AuditFiles.inOrder(folder).stream().anyMatch(other -> !read.contains(other));
        if (over) {
          drain(lines, filter, reader);
          return;
        }
        pause();
      }
    }
  }

  private static void drain(
      LineReader lines, Predicate<ObjectNode> filter, Consumer<ObjectNode> reader)
      throws IOException {
    for (byte[] line = lines.next(); line != null; line = lines.next()) {
      Optional<ObjectNode> record = AuditLine.read(line);
      record.filter(filter).ifPresent(reader);
    }
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      throw new InterruptedIOException("stopped");
    }
  }
}
