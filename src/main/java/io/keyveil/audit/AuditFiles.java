package io.keyveil.audit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The files of an audit log, in the order of the chain. */
final class AuditFiles {
  static final String SUFFIX = ".jsonl";

  private AuditFiles() {}

  /**
   * All files in a folder by the number of their first record, since clocks may run back and names
   * begin with a time. A file without a record sorts first; one that begins with something else
   * does, too, and is then found to be no record.
   */
  static List<Path> inOrder(Path folder) throws IOException {
    List<Numbered> files = new ArrayList<>();
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : (Iterable<Path>) all::iterator) {
        if (file.getFileName().toString().endsWith(SUFFIX)) {
          files.add(new Numbered(file, firstNumber(file)));
        }
      }
    }
    files.sort(
        Comparator.comparingLong(Numbered::first)
            .thenComparing(file -> file.path().getFileName().toString()));
    return files.stream().map(Numbered::path).toList();
  }

  /** The end of the chain in a folder. */
  static ChainLink lastLink(Path folder) throws IOException {
    List<Path> files = inOrder(folder);
    ChainLink last = ChainLink.START;
    for (int i = files.size() - 1; i >= 0 && last.equals(ChainLink.START); i--) {
      last = lastLinkOf(files.get(i));
    }
    return last;
  }

  private static ChainLink lastLinkOf(Path file) throws IOException {
    ChainLink last = ChainLink.START;
    try (LineReader lines = new LineReader(file)) {
      for (byte[] line = lines.next(); line != null; line = lines.next()) {
        Optional<ObjectNode> record = AuditLine.read(line);
        if (record.isPresent()) {
          last = ChainLink.of(record.get().get("seq").longValue(), line);
        }
      }
    }
    return last;
  }

  private static long firstNumber(Path file) throws IOException {
    try (LineReader lines = new LineReader(file)) {
      byte[] line = lines.next();
      return line == null
          ? 0
          : AuditLine.read(line).map(json -> json.get("seq").longValue()).orElse(0L);
    }
  }

  /** A file and the number of its first record. */
  private record Numbered(Path path, long first) {}
}
