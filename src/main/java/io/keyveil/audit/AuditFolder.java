package io.keyveil.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A locked folder and the end of its newest file; one thread uses it.
 *
 * <p>After a failed write nobody knows how much of it is on disk, and after a failed fsync not even
 * a second try would tell. So the file is given up: cut back to what was durable before, and the
 * next write begins a new file, which goes on with the chain from there. Until the cut succeeds
 * nothing else is written, since a stray record that was told to have failed would fork the chain.
 */
final class AuditFolder {
  private static final DateTimeFormatter START =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  static final String CHECKPOINT = "checkpoint";

  private final AuditSettings settings;
  private final String instance;
  private final AuditSink.Opener opener;
  private final InstantSource clock;

  private @Nullable FolderLock lock;
  private @Nullable Open open;
  private @Nullable Path uncut;
  private volatile @Nullable Path current;
  private long durable;
  private Instant begun = Instant.EPOCH;

  AuditFolder(
      AuditSettings settings, String instance, AuditSink.Opener opener, InstantSource clock) {
    this.settings = settings;
    this.instance = instance;
    this.opener = opener;
    this.clock = clock;
  }

  /** Creates the folder if there is none, and locks it. */
  void create() throws IOException {
    if (!Files.isDirectory(settings.folder())) {
      Files.createDirectories(
          settings.folder(),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    lock();
  }

  /** Makes sure that there is a file to write to, and that it is where readers will find it. */
  void ready() throws IOException {
    if (open != null && !Objects.equals(open.identity(), FolderLock.identity(open.file()))) {
      // Somebody took the file away. What is written to it now would be gone with it.
      giveUp();
    }
    lock();
    cut();
    if (open == null) {
      openNext();
    }
  }

  /** Writes whole lines, as durably as the settings ask. */
  void write(ByteBuffer lines) throws IOException {
    int size = lines.remaining();
    AuditSink sink = Objects.requireNonNull(open, "ready() comes first").sink();
    sink.write(lines);
    if (settings.durability() == Durability.FSYNC) {
      sink.force();
    }
    durable += size;
  }

  /** Whether the file has its end once so many bytes more are in it. */
  boolean isFull(int more) {
    Duration age = Duration.between(begun, clock.instant());
    if (age.isNegative()) {
      // The clock ran back; the file's life is counted from here.
      begun = clock.instant();
    }
    return durable + more >= settings.rotate().size()
        || (durable + more > 0 && age.compareTo(settings.rotate().age()) >= 0);
  }

  /** Closes a file that is whole; the next write begins another one. */
  void rotate() {
    if (open != null) {
      closeQuietly(open.sink());
      open = null;
    }
  }

  /** The file that is being written, or was last. */
  Optional<Path> current() {
    return Optional.ofNullable(current);
  }

  /**
   * Leaves the newest checkpoint beside the files, where others fetch it from. It stands in the log
   * itself, so this copy is not worth a failure.
   */
  Optional<String> publish(String note) {
    try {
      opener.replace(settings.folder().resolve(CHECKPOINT), note.getBytes(StandardCharsets.UTF_8));
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(e.getClass().getSimpleName() + " " + e.getMessage());
    }
  }

  /** Closes the file after a failure; it is cut back before the next write. */
  void giveUp() {
    if (open != null) {
      uncut = open.file();
      closeQuietly(open.sink());
      open = null;
    }
  }

  void close() {
    if (open != null) {
      closeQuietly(open.sink());
      open = null;
    }
    if (lock != null) {
      closeQuietly(lock);
      lock = null;
    }
  }

  private void lock() throws IOException {
    if (lock != null && !lock.holds()) {
      closeQuietly(lock);
      lock = null;
    }
    if (lock == null) {
      lock = FolderLock.take(settings.folder());
    }
  }

  private void cut() throws IOException {
    if (uncut == null) {
      return;
    }
    try {
      if (durable == 0) {
        var unused = Files.deleteIfExists(uncut);
      } else {
        cutBack(uncut);
      }
    } catch (NoSuchFileException e) {
      // Taken away: nothing stray can be left in it.
    }
    uncut = null;
  }

  private void cutBack(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(durable).force(true);
    }
  }

  private void openNext() throws IOException {
    String name = "audit-" + START.format(clock.instant()) + "-" + instance;
    for (int n = 1; open == null; n++) {
      Path file = settings.folder().resolve(name + (n == 1 ? "" : "-" + n) + AuditFiles.SUFFIX);
      try {
        AuditSink sink = opener.create(file);
        open = new Open(file, sink, FolderLock.identity(file));
        current = file;
        begun = clock.instant();
        durable = 0;
      } catch (FileAlreadyExistsException e) {
        // Begun within the same second, under a lasting instance name or after a failure.
      }
    }
    forceFolder();
  }

  /** A new file's name has to survive a power cut as well. */
  private void forceFolder() throws IOException {
    if (settings.durability() == Durability.FSYNC) {
      try (FileChannel folder = FileChannel.open(settings.folder(), StandardOpenOption.READ)) {
        folder.force(true);
      }
    }
  }

  private static void closeQuietly(AutoCloseable open) {
    try {
      open.close();
    } catch (Exception e) {
      // What was durable stays so, and the rest is cut off anyway.
    }
  }

  /** The file that is being written. */
  private record Open(Path file, AuditSink sink, @Nullable Object identity) {}
}
