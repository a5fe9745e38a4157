package io.keyveil.delivery;

import io.keyveil.delivery.LogMarks.Mark;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads a log that another process writes, whole lines only, and keeps on disk how far it got.
 *
 * <p>Rotation may rename the log, after which its writer goes on in the old file until it is told,
 * so that one is followed together with the new; or copy and truncate it, so that what was not read
 * yet is in the copy alone. A file is known by its number in the file system and by the last bytes
 * that were read of it, since numbers are used again. Blocks; used by one thread at a time.
 */
final class LogTail {
  /** How much is read of one file at once. */
  private static final int MOST = 1 << 20;

  /** By how many bytes a file is known again. */
  private static final int KNOWN_BY = 128;

  /** The log, and the one before it. */
  private static final int FILES = 2;

  private final Path log;
  private final LogMarks marks;

  /**
   * Lines that came since.
   *
   * @param lines without their ends
   * @param skipped whether something was too long for a line
   * @param marks where they end
   */
  record Part(List<String> lines, boolean skipped, List<Mark> marks) {
    Part {
      lines = List.copyOf(lines);
      marks = List.copyOf(marks);
    }
  }

  private LogTail(Path log, LogMarks marks) {
    this.log = log;
    this.marks = marks;
  }

  /**
   * Begins where it is kept that an earlier process ended, or else at the beginning.
   *
   * @param kept where that is kept, together with the reader's name, which stays the same
   * @throws IOException if it can be neither read nor written
   */
  static LogTail open(Path log, Path kept, SecureRandom random) throws IOException {
    return new LogTail(log, LogMarks.open(kept, random));
  }

  /** What the reader is called, here and in later processes. */
  String reader() {
    return marks.reader();
  }

  /** The next lines, none if nothing came; the same again until they are kept. */
  Part next() throws IOException {
    Reading reading = new Reading();
    Optional<String> current = number(log);
    List<Mark> known = known(current);
    for (Mark mark : known) {
      if (!Optional.of(mark.file()).equals(current)) {
        Optional<Path> older = older(mark);
        if (older.isPresent()) {
          reading.read(older.get(), mark);
        }
      }
    }
    if (current.isPresent()) {
      String file = current.get();
      Mark mark =
          known.stream()
              .filter(its -> its.file().equals(file))
              .findFirst()
              .orElse(new Mark(file, 0, ""));
      reading.read(log, mark);
    } else {
      // Between a rename and the writer's next line there is none.
      known.stream().filter(mark -> !reading.has(mark)).forEach(reading.marks::add);
    }
    return new Part(reading.lines, reading.skipped, reading.latest());
  }

  /** Keeps that the lines of a part need not be read again. */
  void keep(Part part) throws IOException {
    marks.keep(part.marks());
  }

  /**
   * What is known, where the log itself is no longer what it was: what has not been read of it is
   * in a copy then, if there is one.
   */
  private List<Mark> known(Optional<String> current) throws IOException {
    List<Mark> known = new ArrayList<>();
    for (Mark mark : marks.all()) {
      if (!Optional.of(mark.file()).equals(current) || isIn(log, mark)) {
        known.add(mark);
        continue;
      }
      for (Path copy : siblings()) {
        Optional<String> file = number(copy);
        if (file.isPresent() && isIn(copy, mark)) {
          known.add(new Mark(file.get(), mark.offset(), mark.before()));
          break;
        }
      }
    }
    return known;
  }

  private Optional<Path> older(Mark mark) throws IOException {
    for (Path sibling : siblings()) {
      if (number(sibling).filter(mark.file()::equals).isPresent() && isIn(sibling, mark)) {
        return Optional.of(sibling);
      }
    }
    return Optional.empty();
  }

  /** Files beside the log that are named after it. */
  private List<Path> siblings() throws IOException {
    Path folder = log.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      return List.of();
    }
    String name = String.valueOf(log.getFileName());
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(
              path -> {
                String other = String.valueOf(path.getFileName());
                return other.startsWith(name) && !other.equals(name);
              })
          .sorted()
          .toList();
    }
  }

  private static boolean isIn(Path path, Mark mark) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      return file.length() >= mark.offset() && before(file, mark.offset()).equals(mark.before());
    } catch (EOFException e) {
      return false;
    } catch (FileNotFoundException e) {
      return absent(path, e);
    }
  }

  /** Rotation takes files away while we look; one that is there has to be readable. */
  private static boolean absent(Path path, FileNotFoundException failure) throws IOException {
    if (Files.exists(path)) {
      throw failure;
    }
    return false;
  }

  private static String before(RandomAccessFile file, long offset) throws IOException {
    byte[] bytes = new byte[(int) Math.min(KNOWN_BY, offset)];
    file.seek(offset - bytes.length);
    file.readFully(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static Optional<String> number(Path path) throws IOException {
    try {
      return Optional.of(Files.getAttribute(path, "unix:ino").toString());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** What one look finds. */
  private static final class Reading {
    private final List<String> lines = new ArrayList<>();
    private final List<Mark> marks = new ArrayList<>();
    private boolean skipped;

    boolean has(Mark mark) {
      return marks.stream().anyMatch(its -> its.file().equals(mark.file()));
    }

    List<Mark> latest() {
      return marks.subList(Math.max(0, marks.size() - FILES), marks.size());
    }

    void read(Path path, Mark from) throws IOException {
      try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
        if (number(path).filter(from.file()::equals).isEmpty()) {
          // Renamed while it was opened; the next look finds it under its other name.
          marks.add(from);
          return;
        }
        byte[] bytes = new byte[(int) Math.min(Math.max(0, file.length() - from.offset()), MOST)];
        file.seek(from.offset());
        file.readFully(bytes);
        int whole = whole(bytes);
        long end = from.offset() + whole;
        marks.add(whole == 0 ? from : new Mark(from.file(), end, before(file, end)));
        take(bytes, whole);
      } catch (EOFException e) {
        // Truncated while it was read; the next look sees that.
        marks.add(from);
      } catch (FileNotFoundException e) {
        if (!absent(path, e)) {
          marks.add(from);
        }
      }
    }

    /** Up to where there are whole lines; all of it if there is none in so much. */
    private static int whole(byte[] bytes) {
      for (int i = bytes.length; i > 0; i--) {
        if (bytes[i - 1] == '\n') {
          return i;
        }
      }
      return bytes.length == MOST ? MOST : 0;
    }

    private void take(byte[] bytes, int whole) {
      int begin = 0;
      for (int i = 0; i < whole; i++) {
        if (bytes[i] == '\n') {
          lines.add(new String(bytes, begin, i - begin, StandardCharsets.UTF_8));
          begin = i + 1;
        }
      }
      skipped |= begin < whole;
    }
  }
}
