package io.keyveil.audit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.audit.AuditRecord.Completion;
import io.keyveil.audit.AuditRecord.Ending;
import io.keyveil.audit.AuditRecord.Management;
import io.keyveil.audit.AuditRecord.Target;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Puts a folder in order before it is written to again: the piece of a line that a crash left is
 * moved out of the log, and every download that nobody saw the end of gets one.
 *
 * <p>The last checkpoint says from which record on there can be such downloads. From there the log
 * is read once for each {@code MOST} of them, so that no number of them takes more memory.
 */
final class Recovery {
  private static final int MOST = 100_000;
  private static final String PIECE = ".torn";

  private final Path folder;
  private final Supplier<EventId> ids;
  private final Instant now;
  private final int most;
  private final List<Management> moved = new ArrayList<>();

  Recovery(Path folder, Supplier<EventId> ids, Instant now) {
    this(folder, ids, now, MOST);
  }

  Recovery(Path folder, Supplier<EventId> ids, Instant now, int most) {
    this.folder = folder;
    this.ids = ids;
    this.now = now;
    this.most = most;
  }

  /** Moves torn pieces away, and tells where the chain ends. */
  ChainLink end() throws IOException {
    for (Path file : AuditFiles.inOrder(folder)) {
      if (isWithoutRecord(file)) {
        quarantine(file);
      }
    }
    List<Path> files = AuditFiles.inOrder(folder);
    ChainLink end = ChainLink.START;
    for (int i = files.size() - 1; i >= 0 && end.equals(ChainLink.START); i--) {
      quarantine(files.get(i));
      end = AuditFiles.lastLinkOf(files.get(i));
    }
    return end;
  }

  /** Hands out what has to be recorded, in parts of bounded size. */
  void missing(Consumer<List<AuditRecord>> part) throws IOException {
    part.accept(List.copyOf(moved));
    long from = firstOpen();
    while (from > 0) {
      Open open = openFrom(from);
      part.accept(open.ends());
      from = open.rest();
    }
  }

  private static boolean isWithoutRecord(Path file) throws IOException {
    try (LineReader lines = new LineReader(file)) {
      return !lines.advance() && lines.torn();
    }
  }

  private void quarantine(Path file) throws IOException {
    long whole = AuditFiles.wholeLines(file);
    try (FileChannel log =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long torn = log.size() - whole;
      if (torn == 0) {
        return;
      }
      keep(log, whole, torn, file.resolveSibling(file.getFileName() + PIECE));
      log.truncate(whole).force(true);
      moved.add(quarantined(torn));
    }
    if (whole == 0) {
      Files.delete(file);
    }
  }

  /** The piece first, and on disk, so that a crash in between loses nothing either. */
  private static void keep(FileChannel log, long whole, long torn, Path piece) throws IOException {
    try (FileChannel out =
        FileChannel.open(
            piece,
            Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      log.position(whole);
      Channels.newInputStream(log).transferTo(Channels.newOutputStream(out));
      if (out.size() != torn) {
        throw new IOException("the torn line could not be kept");
      }
      out.force(true);
    }
  }

  private Management quarantined(long bytes) {
    return new Management(
        ids.get(),
        Optional.empty(),
        now,
        Optional.empty(),
        "quarantine",
        Optional.empty(),
        Optional.empty(),
        Optional.of(new Target("torn-bytes", Long.toString(bytes))),
        Optional.empty(),
        "done");
  }

  /** What the last checkpoint says; the first record, if there is none. */
  private long firstOpen() throws IOException {
    List<Path> files = AuditFiles.inOrder(folder);
    for (int i = files.size() - 1; i >= 0; i--) {
      Optional<Checkpoint> last = AuditFiles.lastCheckpoint(files.get(i));
      if (last.isPresent()) {
        return last.get().open();
      }
    }
    return 1;
  }

  private Open openFrom(long from) throws IOException {
    Open open = new Open(from);
    CanonicalLine record = new CanonicalLine();
    List<Path> files = AuditFiles.inOrder(folder);
    for (int i = AuditFiles.holding(files, from); i < files.size(); i++) {
      try (LineReader lines = new LineReader(files.get(i))) {
        while (lines.advance()) {
          if (record.read(lines.bytes(), lines.from(), lines.to())) {
            open.read(record, lines);
          }
        }
      }
    }
    return open;
  }

  /** The downloads without an end among the first that were begun from a record on. */
  private final class Open {
    private final Map<String, Completion> ends = new LinkedHashMap<>();
    private final long from;
    private long rest;

    Open(long from) {
      this.from = from;
    }

    List<AuditRecord> ends() {
      return List.copyOf(ends.values());
    }

    /** From where to look again for those that found no room; 0 if all did. */
    long rest() {
      return rest;
    }

    void read(CanonicalLine record, LineReader line) {
      if (record.isKind('c')) {
        ends.remove(record.event());
      } else if (record.isKind('i') && record.seq() >= from && rest == 0) {
        begun(record, line);
      }
    }

    private void begun(CanonicalLine record, LineReader line) {
      byte[] bytes = Arrays.copyOfRange(line.bytes(), line.from(), line.to());
      @Nullable ObjectNode intent = AuditLine.read(bytes).orElse(null);
      if (intent == null
          || !intent.path("decision").asText().equals("allowed")
          || intent.path("delivery").asText().equals("none")) {
        return;
      }
      if (ends.size() == most) {
        rest = record.seq();
        return;
      }
      ends.put(
          record.event(),
          new Completion(
              new EventId(record.event()),
              intent.path("request").asText(),
              now,
              Ending.UNKNOWN_AFTER_CRASH,
              intent.path("status").asInt(),
              0,
              Optional.ofNullable(intent.path("range").textValue()),
              Duration.ZERO));
    }
  }
}
