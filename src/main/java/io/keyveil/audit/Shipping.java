package io.keyveil.audit;

import io.keyveil.audit.Archive.ArchiveUnavailableException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies closed files and checkpoints to an archive, in their order, and deletes the oldest here
 * once they are there and old enough. A mark beside each file says that it was copied: an empty
 * file that is made after the copy, so that a crash in between copies it once more. What is to be
 * deleted is written down in the log before, or nobody could tell it from what was stolen.
 */
public final class Shipping {
  private static final Logger LOG = LoggerFactory.getLogger(Shipping.class);
  private static final String MARK = ".shipped";

  private static final Duration LONGEST = Duration.ofHours(6);

  /** How many files are deleted at once. */
  private static final int MOST = 500;

  private final Path folder;
  private final List<String> beside;
  private final ShipSettings settings;
  private final FileAuditLog log;
  private final Set<ChainLink> recorded = new HashSet<>();
  private final Archive archive;
  private final InstantSource clock;
  private final Runnable alarm;
  private Duration pause = Duration.ZERO;
  private Instant resting = Instant.MIN;

  private volatile @Nullable String note;
  private @Nullable String noted;
  private volatile @Nullable Instant behindSince;
  private @Nullable String trouble;

  /**
   * @param beside the folders below it with logs that others write; nothing is deleted there
   * @param log what writes to the folder, and is told what goes
   * @param alarm what to do about a copy that is not what was sent
   */
  public Shipping(
      Path folder,
      List<String> beside,
      ShipSettings settings,
      FileAuditLog log,
      Archive archive,
      InstantSource clock,
      Runnable alarm) {
    this.folder = folder;
    this.beside = List.copyOf(beside);
    this.settings = settings;
    this.log = log;
    this.archive = archive;
    this.clock = clock;
    this.alarm = alarm;
  }

  /** Takes a new checkpoint, to be copied the next time; only the newest matters. */
  public void checkpoint(String text) {
    note = text;
  }

  /** For how long the oldest of what is to be copied has waited; nothing if none waits. */
  public Duration lag() {
    Instant since = behindSince;
    return since == null ? Duration.ZERO : Duration.between(since, clock.instant());
  }

  /**
   * Copies what is to be copied and deletes what may go. Blocks; failures wait for the next time.
   */
  public synchronized void run() {
    if (clock.instant().isBefore(resting)) {
      return;
    }
    try {
      shipCheckpoint();
      shipFiles();
      for (String name : beside) {
        shipBeside(name);
      }
      trouble = null;
      pause = Duration.ZERO;
    } catch (ArchiveUnavailableException | IOException e) {
      if (e instanceof ArchiveUnavailableException failed && failed.differs()) {
        rest();
      }
      String why = String.valueOf(e.getMessage());
      if (!why.equals(trouble)) {
        LOG.atError().addKeyValue("why", why).log("audit files not shipped");
      }
      trouble = why;
    }
  }

  /** What is held in the bucket can never be taken back, so not many copies are tried. */
  private void rest() {
    alarm.run();
    Duration longer = pause.isZero() ? settings.interval() : pause.multipliedBy(2);
    pause = longer.compareTo(LONGEST) > 0 ? LONGEST : longer;
    resting = clock.instant().plus(pause);
  }

  private void shipCheckpoint() {
    String newest = note;
    if (newest == null || newest.equals(noted)) {
      return;
    }
    Optional<Checkpoint> read = Checkpoint.read(newest);
    if (read.isPresent()) {
      behind();
      String name =
          String.format(java.util.Locale.ROOT, "checkpoint-%018d.txt", read.get().at().seq());
      archive.put(name, newest.getBytes(StandardCharsets.UTF_8));
    }
    noted = newest;
  }

  private void shipFiles() throws IOException {
    Optional<Path> writing = log.current();
    List<Path> files = AuditFiles.inOrder(folder);
    List<Path> old = new ArrayList<>();
    boolean oldest = true;
    for (int i = 0; i < files.size(); i++) {
      Path file = files.get(i);
      if (writing.filter(file::equals).isEmpty() && AuditFiles.wholeLines(file) > 0) {
        ship(file, "");
        // A start finds the end of the chain in the last file, which may stand for that alone.
        oldest &= i < files.size() - 1 && old.size() < MOST && isOld(file);
        if (oldest) {
          old.add(file);
        }
      }
    }
    behindSince = null;
    forget(old);
  }

  /** What others have closed: those who hold the lock of such a folder are still writing. */
  private void shipBeside(String name) throws IOException {
    Path its = folder.resolve(name);
    if (!Files.isDirectory(its)) {
      return;
    }
    try (FolderLock held = FolderLock.take(its)) {
      for (Path file : AuditFiles.inOrder(its)) {
        if (held.holds() && AuditFiles.wholeLines(file) > 0) {
          ship(file, name + "/");
        }
      }
    } catch (AuditUnavailableException e) {
      // Then the next time.
    }
  }

  private void ship(Path file, String prefix) throws IOException {
    Path mark = mark(file);
    if (!Files.exists(mark)) {
      behind();
      archive.put(prefix + file.getFileName(), file);
      var unused = Files.createFile(mark);
    }
  }

  private void behind() {
    behindSince = behindSince == null ? clock.instant() : behindSince;
  }

  private static Path mark(Path file) {
    return file.resolveSibling(file.getFileName() + MARK);
  }

  private boolean isOld(Path file) throws IOException {
    Instant written = Files.getLastModifiedTime(file).toInstant();
    return Duration.between(written, clock.instant()).compareTo(settings.keep()) >= 0;
  }

  /** Each file has a record of its own, since a crash may come between any two deletions. */
  private void forget(List<Path> files) throws IOException {
    List<ChainLink> ends = new ArrayList<>();
    for (Path file : files) {
      ChainLink end = AuditFiles.lastLinkOf(file);
      if (!recorded.contains(end)) {
        ends.add(end);
      }
    }
    if (!ends.isEmpty()) {
      record(ends);
    }
    for (Path file : files) {
      Files.delete(file);
      var unused = Files.deleteIfExists(mark(file));
    }
    recorded.clear();
  }

  private void record(List<ChainLink> ends) throws IOException {
    try {
      var unused = log.archived(ends).toCompletionStage().toCompletableFuture().get();
      recorded.addAll(ends);
    } catch (ExecutionException e) {
      throw new IOException(String.valueOf(e.getMessage()), e);
    } catch (InterruptedException e) {
      throw new InterruptedIOException("interrupted");
    }
  }
}
