package io.keyveil.audit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Shows the records in a folder, without a judgement on the chain. */
public final class AuditReader {
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
        for (byte[] line = lines.next(); line != null; line = lines.next()) {
          Optional<ObjectNode> record = AuditLine.read(line);
          record.filter(filter).ifPresent(reader);
        }
      }
    }
  }
}
