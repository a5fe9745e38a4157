package io.keyveil.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.audit.AuditRecord.About;
import io.keyveil.audit.AuditRecord.Completion;
import io.keyveil.audit.AuditRecord.Ending;
import io.keyveil.audit.AuditRecord.Management;
import io.keyveil.audit.AuditRecord.Target;
import io.keyveil.audit.AuditRecord.Way;
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
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a folder in order before it is written to again: the piece of a line that a crash left is
 * moved out of the log, and every download that nobody saw the end of gets one.
 *
 * <p>The last checkpoint says from which record on there can be such downloads. From there the log
 * is read once for each {@code MOST} of them, so that no number of them takes more memory.
 */
final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
  private static final int MOST = 40_000;
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
    List<TornTail> tails = new ArrayList<>();
    ChainLink end = ChainLink.START;
    List<Path> files = AuditFiles.inOrder(folder);
    for (int i = files.size() - 1; i >= 0; i--) {
      // Those without a record sort first; behind the last record of a file of others there is
      // none.
      boolean newest = end.equals(ChainLink.START);
      end = newest ? AuditFiles.lastLinkOf(files.get(i)) : end;
      if (newest || isWithoutRecord(files.get(i))) {
        tail(files.get(i)).ifPresent(tails::add);
      }
    }
    for (TornTail tail : tails) {
      quarantine(tail, end);
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
    return AuditFiles.wholeLines(file) == 0;
  }

  private static Optional<TornTail> tail(Path file) throws IOException {
    long whole = AuditFiles.wholeLines(file);
    try (LineReader lines = new LineReader(file, whole)) {
      return lines.advance() || !lines.torn()
          ? Optional.empty()
          : Optional.of(new TornTail(file, 0, lines.tail()));
    }
  }

  private void quarantine(TornTail tail, ChainLink end) throws IOException {
    Path file = tail.file();
    long whole = AuditFiles.wholeLines(file);
    boolean torn = tail.follows(end);
    try (FileChannel log =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long size = log.size() - whole;
      keep(log, whole, size, file.resolveSibling(file.getFileName() + PIECE));
      log.truncate(whole).force(true);
      moved.add(quarantined(torn ? "torn-bytes" : "foreign-bytes", size));
    }
    if (!torn) {
      LOG.atError()
          .addKeyValue("file", file.getFileName())
          .log(
              "the audit log did not end as a crash leaves it; what was there is in the .torn file");
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

  private Management quarantined(String kind, long bytes) {
    Target target = new Target(kind, Long.toString(bytes));
    return Management.of(ids.get(), now, "quarantine", Optional.of(target), "done");
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

  /** What an intent on disk says of who is given what. */
  private static About about(ObjectNode intent) {
    JsonNode actor = intent.path("actor");
    return new About(
        actor.isObject()
            ? Optional.of(
                new Actor(
                    actor.path("issuer").asText(),
                    actor.path("subject").asText(),
                    text(actor, "client"),
                    text(actor, "token")))
            : Optional.empty(),
        text(intent, "file"),
        intent.has("revision")
            ? OptionalLong.of(intent.path("revision").asLong())
            : OptionalLong.empty(),
        text(intent, "link"),
        text(intent, "client"),
        Way.read(intent.path("delivery").asText()));
  }

  private static Optional<String> text(JsonNode object, String field) {
    return Optional.ofNullable(object.path(field).textValue());
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
              about(intent),
              Ending.UNKNOWN_AFTER_CRASH,
              intent.path("status").asInt(),
              0,
              text(intent, "range"),
              Duration.ZERO));
    }
  }
}
