package io.keyveil.audit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The files of an audit log, in the order of the chain, and their ends. */
final class AuditFiles {
  static final String SUFFIX = ".jsonl";

  private static final int BLOCK = 64 * 1024;

  private AuditFiles() {}

  /**
   * All files in a folder by the number of their first record, since clocks may run back and names
   * begin with a time. A file without a record sorts first; one that begins with something else
   * does, too, and is then found to be no record. One that is taken away meanwhile is left out.
   */
  static List<Path> inOrder(Path folder) throws IOException {
    List<Numbered> files = new ArrayList<>();
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : (Iterable<Path>) all::iterator) {
        if (file.getFileName().toString().endsWith(SUFFIX) && Files.isRegularFile(file)) {
          add(files, file);
        }
      }
    }
    files.sort(
        Comparator.comparingLong(Numbered::first)
            .thenComparing(file -> file.path().getFileName().toString()));
    return files.stream().map(Numbered::path).toList();
  }

  private static void add(List<Numbered> files, Path file) throws IOException {
    try {
      files.add(new Numbered(file, firstNumber(file)));
    } catch (NoSuchFileException e) {
      // Deleted since it was listed, as old files are once they were copied away.
    }
  }

  /** Which of these files, in order, holds the record of that number, or comes after it. */
  static int holding(List<Path> files, long number) throws IOException {
    int found = 0;
    for (int i = 0; i < files.size(); i++) {
      long first = firstNumber(files.get(i));
      found = first > 0 && first <= number ? i : found;
    }
    return found;
  }

  /** The end of the chain in a file; the start of all chains if there is no record in it. */
  static ChainLink lastLinkOf(Path file) throws IOException {
    long whole = wholeLines(file);
    if (whole == 0) {
      return ChainLink.START;
    }
    byte[] line = lineBefore(file, whole);
    return AuditLine.read(line)
        .map(record -> ChainLink.of(record.get("seq").longValue(), line))
        .orElseThrow(
            () ->
                new AuditUnavailableException(
                    "audit.folder: the last line of "
                        + file.getFileName()
                        + " is no record (expected: a whole log; keep this one elsewhere)"));
  }

  /** The last checkpoint of a file, looked for from its end. */
  static Optional<Checkpoint> lastCheckpoint(Path file) throws IOException {
    long end = wholeLines(file);
    while (end > 0) {
      byte[] line = lineBefore(file, end);
      Optional<Checkpoint> found = checkpoint(line);
      if (found.isPresent()) {
        return found;
      }
      end -= line.length + 1L;
    }
    return Optional.empty();
  }

  /** The checkpoint in a line, if there is one and every byte of the line follows from it. */
  static Optional<Checkpoint> checkpoint(byte[] line) {
    return note(line)
        .flatMap(
            note ->
                Checkpoint.read(note)
                    .filter(found -> Arrays.equals(AuditLine.write(found, note), line)));
  }

  static Optional<String> note(byte[] line) {
    CanonicalLine record = new CanonicalLine();
    return record.read(line, 0, line.length) && record.isCheckpoint()
        ? AuditLine.read(line).map(AuditFiles::note)
        : Optional.empty();
  }

  private static String note(ObjectNode record) {
    return record.path("note").asText();
  }

  /** How many of a file's bytes are whole lines. */
  static long wholeLines(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return lineEnd(channel, channel.size());
    }
  }

  /** The line whose end lies just before this place. */
  private static byte[] lineBefore(Path file, long end) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long begin = lineEnd(channel, end - 1);
      int length = (int) Math.min(end - 1 - begin, AuditLine.LONGEST + 1L);
      ByteBuffer line = ByteBuffer.allocate(length);
      fill(channel, line, begin);
      return line.array();
    }
  }

  /** The place behind the last line end before this place; 0 if there is none. */
  private static long lineEnd(FileChannel channel, long before) throws IOException {
    ByteBuffer block = ByteBuffer.allocate(BLOCK);
    long end = before;
    while (end > 0) {
      long begin = Math.max(0, end - BLOCK);
      block.clear().limit((int) (end - begin));
      fill(channel, block, begin);
      for (int i = (int) (end - begin) - 1; i >= 0; i--) {
        if (block.get(i) == '\n') {
          return begin + i + 1;
        }
      }
      end = begin;
    }
    return 0;
  }

  private static void fill(FileChannel channel, ByteBuffer bytes, long from) throws IOException {
    long at = from;
    while (bytes.hasRemaining()) {
      int read = channel.read(bytes, at);
      if (read < 0) {
        throw new IOException("a file became shorter while it was read");
      }
      at += read;
    }
  }

  static long firstNumber(Path file) throws IOException {
    try (LineReader lines = new LineReader(file)) {
      CanonicalLine record = new CanonicalLine();
      return lines.advance() && record.read(lines.bytes(), lines.from(), lines.to())
          ? record.seq()
          : 0;
    }
  }

  /** A file and the number of its first record. */
  private record Numbered(Path path, long first) {}
}
