package io.keyveil.delivery;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The ends that are on record already, of downloads that a crash let be read about again. They were
 * recorded after it was last kept how far the log had been read, so older files are left alone.
 */
final class Recorded {
  private static final Duration MARGIN = Duration.ofMinutes(1);

  /** What a start says about downloads that it knows no end of is none. */
  private static final Pattern END =
      Pattern.compile(
          "\"event\":\"([A-Za-z0-9_-]{22})\",\"kind\":\"completion\","
              + "(?!.*\"outcome\":\"unknown-after-crash\")");

  private final Path folder;
  private final FileTime since;

  /**
   * Blocks.
   *
   * @param folder the audit log's
   * @param kept what was written when it was last kept how far the other log had been read
   */
  Recorded(Path folder, Path kept) throws IOException {
    this.folder = folder;
    this.since = FileTime.from(Files.getLastModifiedTime(kept).toInstant().minus(MARGIN));
  }

  /** Those among these events. */
  Set<String> among(Set<String> events) throws IOException {
    Set<String> found = new HashSet<>();
    for (Path file : files()) {
      try (Stream<String> lines = Files.lines(file)) {
        lines.forEach(
            line -> {
              Matcher end = END.matcher(line);
              if (end.find() && events.contains(end.group(1))) {
                found.add(end.group(1));
              }
            });
      }
    }
    return found;
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(file -> file.toString().endsWith(".jsonl")).filter(this::isNew).toList();
    }
  }

  private boolean isNew(Path file) {
    return !file.toFile().isDirectory() && file.toFile().lastModified() >= since.toMillis();
  }
}
